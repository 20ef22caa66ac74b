import BotAPI
import Leaderboards
import Logging
import Scoring
import ServiceLifecycle
import Storage
import Synchronization
import Testing

@testable import Delivery

/// A database of claims and a Telegram of prepared answers, both in memory.
private final class Stage: Sendable {
    struct State {
        var due: [ClaimedDelivery] = []
        var next: Instant?
        var claims: [Int] = []
        var settled: [(ClaimedDelivery, DeliveryAnswer)] = []
        var migrations: [(TelegramChatID, TelegramChatID)] = []
        var requests: [String] = []
        var events: [DeliveryEvent] = []
        var claimFails = 0
    }

    static let bot = BotID(rawValue: 7_000_000_001)
    let state: Mutex<State>
    let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation
    private let answer: @Sendable (String) -> BotHTTPResponse

    init(due: [ClaimedDelivery], answer: @escaping @Sendable (String) -> BotHTTPResponse) {
        state = Mutex(State(due: due))
        self.answer = answer
        (changes, changed) = AsyncStream.makeStream()
    }

    func courier() throws -> Courier {
        let token = try BotToken("7000000001:a-token-for-tests")
        let client = BotClient(token: token, baseURL: "http://telegram.invalid") { [self] request in
            let body = String(decoding: request.body, as: UTF8.self)
            state.withLock { $0.requests.append(body) }
            return answer(body)
        }
        let effects = DeliveryEffects(
            claim: { [self] _, limit in
                try state.withLock { state in
                    state.claims.append(limit)
                    if state.claimFails > 0 {
                        state.claimFails -= 1
                        throw CancellationError()
                    }
                    let claimed = Array(state.due.prefix(limit))
                    state.due.removeFirst(claimed.count)
                    return (claimed, state.next)
                }
            },
            settle: { [self] delivery, answer in
                state.withLock { $0.settled.append((delivery, answer)) }
                changed.yield()
                return DeliverySettlement(
                    answer: answer,
                    sent: delivery.wanted,
                    wanted: delivery.wanted,
                    isForced: delivery.isForced,
                    attempts: delivery.attempts,
                    random: 0
                )
            },
            recordMigration: { [self] _, old, new in state.withLock { $0.migrations.append((old, new)) } },
            now: { Instant(milliseconds: 1_000_000) }
        )
        return Courier(bot: Self.bot, client: client, effects: effects) { [self] event in
            state.withLock { $0.events.append(event) }
            if case .paused = event { changed.yield() }
        }
    }

    /// Runs a courier until so many deliveries were settled, then lets it finish.
    func run(untilSettled count: Int) async throws -> Courier {
        let courier = try courier()
        let group = ServiceGroup(services: [courier], logger: .init(label: "test"))
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            for await _ in changes where state.withLock({ $0.settled.count >= count }) { break }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        return courier
    }
}

private func delivery(
    player: Int64,
    wanted: Int32,
    target: Target = .message(chat: TelegramChatID(rawValue: -5), id: 12),
    isForced: Bool = false
) throws -> ClaimedDelivery {
    ClaimedDelivery(
        key: DeliveryKey(
            game: GameID(rawValue: 1),
            chat: ChatID(rawValue: 2),
            player: PlayerID(rawValue: player)
        ),
        wanted: wanted,
        target: try #require(target.stored),
        lease: Identifier128(high: 1, low: 2),
        attempts: 0,
        isForced: isForced
    )
}

private func json(_ text: String, status: Int = 200) -> BotHTTPResponse {
    BotHTTPResponse(status: status, body: Array(text.utf8))
}

@Suite struct `A courier` {
    @Test func `calls setGameScore with exactly the keys of each kind of target`() async throws {
        let stage = Stage(due: [
            try delivery(player: 11, wanted: 500),
            try delivery(player: 12, wanted: 7, target: .inline("BAAAAA"), isForced: true),
        ]) { _ in json(#"{"ok":true,"result":true}"#) }
        _ = try await stage.run(untilSettled: 2)
        let requests = stage.state.withLock { Set($0.requests) }
        #expect(
            requests == [
                #"{"user_id":11,"score":500,"chat_id":-5,"message_id":12}"#,
                #"{"user_id":12,"score":7,"inline_message_id":"BAAAAA","force":true}"#,
            ]
        )
        #expect(stage.state.withLock { $0.settled.map(\.1) } == [.delivered, .delivered])
    }

    @Test func `notes where a group went and looks for another message`() async throws {
        let stage = Stage(due: [try delivery(player: 11, wanted: 500)]) { _ in
            json(
                """
                {"ok":false,"error_code":400,
                 "description":"Bad Request: group chat was upgraded to a supergroup chat",
                 "parameters":{"migrate_to_chat_id":-1001}}
                """,
                status: 400
            )
        }
        _ = try await stage.run(untilSettled: 1)
        let (migrations, settled) = stage.state.withLock { ($0.migrations, $0.settled) }
        #expect(migrations.map(\.0.rawValue) == [-5])
        #expect(migrations.map(\.1.rawValue) == [-1001])
        #expect(settled[0].1 == .targetGone("the group has become a supergroup"))
    }

    @Test func `rests and says why when Telegram refuses the token`() async throws {
        let stage = Stage(due: [try delivery(player: 11, wanted: 500)]) { _ in
            json(#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, status: 401)
        }
        let courier = try await stage.run(untilSettled: 1)
        let reason = try #require(courier.reasons.first)
        #expect(reason.code == "bot_unauthorized")
        #expect(!reason.isFatal)
        #expect(!reason.detail.contains("a-token-for-tests"))
    }

    @Test func `never claims more than its pace allows`() async throws {
        let due = try (1...40).map { try delivery(player: $0, wanted: 1) }
        let stage = Stage(due: due) { _ in json(#"{"ok":true,"result":true}"#) }
        _ = try await stage.run(untilSettled: 10)
        // The clock stands still, so nothing beyond the burst may start: a third of 30 a second.
        let (claims, requests) = stage.state.withLock { ($0.claims, $0.requests.count) }
        #expect(requests == 10)
        #expect(claims.allSatisfy { $0 <= 10 })
    }
}
