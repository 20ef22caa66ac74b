import BotAPI
import Leaderboards
import Logging
import Scoring
import ServiceLifecycle
import Storage
import Synchronization
import TestSupport
import Testing

@testable import Outbox

/// A database of claims and a Telegram of prepared answers, both in memory.
private final class Stage: Sendable {
    struct State {
        var due: [DeliveryClaim] = []
        var limits: [Int] = []
        var takeOvers = 0
        var deposals = 0
        var failures = 0
        var misses = false
        /// When the next claim may find something, as claims say.
        var next: Instant?
        var sleeps: [Instant] = []
        var settled: [(DeliveryClaim, DeliveryAnswer)] = []
        var migrations: [(TelegramChatID, TelegramChatID)] = []
        var requests: [String] = []
        var events: [DeliveryEvent] = []
    }

    static let bot = BotID(rawValue: 7_000_000_001)
    let state: Mutex<State>
    let changes: AsyncStream<Void>
    fileprivate let changed: AsyncStream<Void>.Continuation
    private let answer: @Sendable (String) -> BotHTTPResponse

    init(due: [DeliveryClaim], answer: @escaping @Sendable (String) -> BotHTTPResponse) {
        state = Mutex(State(due: due))
        self.answer = answer
        (changes, changed) = AsyncStream.makeStream()
    }

    func worker() throws -> DeliveryWorker {
        let token = try BotToken("7000000001:a-token-for-tests")
        let client = BotClient(token: token, baseURL: "http://telegram.invalid") { [self] request in
            let body = String(decoding: request.body, as: UTF8.self)
            state.withLock { $0.requests.append(body) }
            return answer(body)
        }
        return DeliveryWorker(self, client: client) { [self] event in
            state.withLock { $0.events.append(event) }
            changed.yield()
        }
    }

    /// Runs a worker until something holds, then lets it finish.
    func run(until holds: @Sendable (State) -> Bool) async throws -> [UnreadyReason] {
        let worker = try worker()
        let group = ServiceGroup(services: [worker], logger: .init(label: "test"))
        return try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            for await _ in changes where state.withLock({ holds($0) }) { break }
            let reasons = worker.reasons
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return reasons
        }
    }
}

extension Stage: DeliveryEffects {
    var bot: BotID { Self.bot }
    var callsPerSecond: Int { 10 * DeliveryWorker.maximumCalls }
    var now: Instant { Instant(milliseconds: 1_000_000) }

    /// Time stands still: nothing is to be waited for.
    func sleep(until time: Instant) async {
        state.withLock { $0.sleeps.append(time) }
        changed.yield()
        try? await Task.sleep(for: .seconds(3600))
    }

    func lead(_ body: @Sendable @escaping () async -> Void) async {
        while !Task.isShuttingDownGracefully { await body() }
    }

    func takeOver() async throws { state.withLock { $0.takeOvers += 1 } }

    func claim(limit: Int) async throws -> ClaimResult {
        try state.withLock { state in
            state.limits.append(limit)
            var result = ClaimResult()
            if state.failures > 0 {
                state.failures -= 1
                throw CancellationError()
            }
            if state.deposals > 0 {
                state.deposals -= 1
                result.isDeposed = true
                return result
            }
            (result.next, result.notBefore) = (state.next, state.next)
            result.claims = Array(state.due.prefix(limit))
            state.due.removeFirst(result.claims.count)
            return result
        }
    }

    func start(_ claim: DeliveryClaim) -> Bool { state.withLock { !$0.misses } }

    func settle(_ claim: DeliveryClaim, _ answer: DeliveryAnswer) async throws -> DeliverySettlement? {
        state.withLock { $0.settled.append((claim, answer)) }
        changed.yield()
        return DeliverySettlement(
            DeliveryState(desired: claim.call.value),
            after: claim.call,
            answer: answer,
            now: claim.call.claimedAt,
            random: 0
        )
    }

    func takeBackExpired() async throws {}
    func queueForgotten() async throws {}

    func recordMigration(from old: TelegramChatID, to new: TelegramChatID) async {
        state.withLock { $0.migrations.append((old, new)) }
    }
}

private func delivery(
    player: Int64,
    value: Int32,
    target: Target = .message(chat: TelegramChatID(rawValue: -5), id: 12),
    step: DeliveryStep = .score,
    keepsMessage: Bool = false
) throws -> DeliveryClaim {
    DeliveryClaim(
        key: DeliveryKey(
            game: GameID(rawValue: 1),
            chat: ChatID(rawValue: 2),
            player: PlayerID(rawValue: player)
        ),
        call: DeliveryCall(step: step, value: value, claimedAt: Instant(milliseconds: 1_000_000)),
        target: try #require(target.stored),
        lease: Identifier128(high: 1, low: 2),
        keepsMessage: keepsMessage
    )
}

private func json(_ text: String, status: Int = 200) -> BotHTTPResponse {
    BotHTTPResponse(status: status, body: Array(text.utf8))
}

@Suite(.timeLimit(.minutes(10))) struct `A worker` {
    private static let ok = json(#"{"ok":true,"result":true}"#)

    @Test func `calls Telegram with exactly the keys of each kind of call and target`() async throws {
        let stage = Stage(due: [
            try delivery(player: 11, value: 500),
            try delivery(player: 12, value: 7, target: .inline("BAAAAA"), step: .force),
            try delivery(player: 13, value: 8, keepsMessage: true),
            try delivery(player: 14, value: 9, target: .inline("BAAAAA"), step: .read),
        ]) { body in
            body.contains("score")
                ? Self.ok
                : json(
                    #"{"ok":true,"result":[{"position":1,"user":{"id":13,"is_bot":false,"first_name":"A"},"score":70},{"position":2,"user":{"id":14,"is_bot":false,"first_name":"B"},"score":60}]}"#
                )
        }
        _ = try await stage.run { $0.settled.count >= 4 }
        let requests = stage.state.withLock { Set($0.requests) }
        #expect(
            requests == [
                #"{"user_id":11,"score":500,"chat_id":-5,"message_id":12}"#,
                #"{"user_id":12,"score":7,"inline_message_id":"BAAAAA","force":true}"#,
                #"{"user_id":13,"score":8,"chat_id":-5,"message_id":12,"disable_edit_message":true}"#,
                #"{"user_id":14,"inline_message_id":"BAAAAA"}"#,
            ]
        )
        let answers = stage.state.withLock { state in
            Dictionary(uniqueKeysWithValues: state.settled.map { ($0.0.key.player.rawValue, $0.1) })
        }
        #expect(answers == [11: .delivered, 12: .delivered, 13: .delivered, 14: .table(60)])
    }

    @Test func `reads that a player is not in the table`() async throws {
        let stage = Stage(due: [try delivery(player: 14, value: 0, step: .read)]) { _ in
            json(#"{"ok":true,"result":[]}"#)
        }
        _ = try await stage.run { $0.settled.count >= 1 }
        #expect(stage.state.withLock { $0.settled.map(\.1) } == [.table(nil)])
    }

    @Test func `notes where a group went and looks for another message`() async throws {
        let stage = Stage(due: [try delivery(player: 11, value: 500)]) { _ in
            json(
                """
                {"ok":false,"error_code":400,
                 "description":"Bad Request: group chat was upgraded to a supergroup chat",
                 "parameters":{"migrate_to_chat_id":-1001}}
                """,
                status: 400
            )
        }
        _ = try await stage.run { $0.settled.count >= 1 }
        let (migrations, settled) = stage.state.withLock { ($0.migrations, $0.settled) }
        #expect(migrations.map(\.0.rawValue) == [-5])
        #expect(migrations.map(\.1.rawValue) == [-1001])
        #expect(settled[0].1 == .targetGone("the group has become a supergroup"))
    }

    @Test func `says why when Telegram refuses the token`() async throws {
        let stage = Stage(due: [try delivery(player: 11, value: 500)]) { _ in
            json(#"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, status: 401)
        }
        let reasons = try await stage.run { $0.settled.count >= 1 }
        let reason = try #require(reasons.first)
        #expect(reason.code == "bot_unauthorized")
        #expect(!reason.isFatal)
        #expect(!reason.detail.contains("a-token-for-tests"))
    }

    @Test func `gives back a call whose slot has passed, unsent`() async throws {
        let stage = Stage(due: [try delivery(player: 11, value: 500)]) { _ in Self.ok }
        stage.state.withLock { $0.misses = true }
        _ = try await stage.run { $0.settled.count >= 1 }
        #expect(stage.state.withLock { $0.settled.map(\.1) } == [.notCalled])
        #expect(stage.state.withLock { $0.requests } == [])
    }

    @Test func `takes over anew after another one did`() async throws {
        let stage = Stage(due: [try delivery(player: 11, value: 500)]) { _ in Self.ok }
        stage.state.withLock { $0.deposals = 1 }
        _ = try await stage.run { $0.settled.count >= 1 }
        #expect(stage.state.withLock { $0.takeOvers } == 2)
    }

    @Test func `has no more calls under way than it may`() async throws {
        let due = try (1...Int64(DeliveryWorker.maximumCalls) + 10).map { try delivery(player: $0, value: 1) }
        let stage = Stage(due: due) { _ in Self.ok }
        _ = try await stage.run { $0.settled.count >= DeliveryWorker.maximumCalls }
        #expect(stage.state.withLock { $0.limits.allSatisfy { $0 <= DeliveryWorker.maximumCalls } })
    }

    @Test func `looks at the queue twice a minute, whatever was said of when something will be due`()
        async throws
    {
        let stage = Stage(due: []) { _ in Self.ok }
        let now = Instant(milliseconds: 1_000_000)
        stage.state.withLock { $0.next = now + .seconds(3600) }
        _ = try await stage.run { !$0.sleeps.isEmpty }
        #expect(stage.state.withLock { $0.sleeps.allSatisfy { $0 <= now + .seconds(30) } })
    }

    @Test func `says that the database failed`() async throws {
        let stage = Stage(due: []) { _ in Self.ok }
        stage.state.withLock { $0.failures = 1 }
        _ = try await stage.run { state in
            state.events.contains { if case .claimFailed = $0 { true } else { false } }
        }
    }
}
