import Leaderboards
import Logging
import Postgres
import Testing
import TestSupport

@testable import Storage

/// What instances tell one another.
@Suite(.timeLimit(.minutes(10)))
struct NotificationTests {
    private static func change(_ game: Int64, _ chats: [Int64], includesGlobal: Bool = false) -> BoardsChange
    {
        BoardsChange(
            game: GameID(rawValue: game),
            chats: Set(chats.map { ChatID(rawValue: $0) }),
            includesGlobal: includesGlobal
        )
    }

    @Test(
        arguments: [
            (change(7, [15, 12], includesGlobal: true), ["7 * 12 15"]), (change(7, [12]), ["7 12"]),
            (change(7, [], includesGlobal: true), ["7 *"]), (change(7, []), []),
        ] as [(BoardsChange, [String])]
    )
    func `a change is told in the same words each time`(change: BoardsChange, payloads: [String]) {
        #expect(change.payloads == payloads)
    }

    @Test func `a long change is told in parts that PostgreSQL takes`() throws {
        let whole = Self.change(.max, (0..<2000).map { .max - $0 }, includesGlobal: true)
        let payloads = whole.payloads
        #expect(payloads.allSatisfy { (1...7500).contains($0.utf8.count) })
        #expect(payloads.count == 6)
        let parts = try payloads.map { try #require(BoardsChange(payload: $0)) }
        #expect(parts.allSatisfy { $0.game == whole.game })
        #expect(parts.map(\.includesGlobal) == [true] + Array(repeating: false, count: parts.count - 1))
        #expect(parts.reduce(into: Set()) { $0.formUnion($1.chats) } == whole.chats)
        #expect(parts.map(\.chats.count).reduce(0, +) == whole.chats.count)
    }

    @Test(arguments: [
        "", " ", "*", "x", "7 x", "7 1.5", "7 **", "* 7", "9223372036854775808", "7 9223372036854775808",
    ])
    func `anything else is no change`(payload: String) {
        #expect(BoardsChange(payload: payload) == nil)
    }
}

/// What instances tell one another, through a database.
@Suite(.scratchDatabase, .timeLimit(.minutes(10)))
struct NotificationDeliveryTests {
    private let database = ScratchDatabase.current

    @Test func `listeners hear of changed leaderboards once the change is committed, and only then`()
        async throws
    {
        let (listener, events) = PostgresListener.withStream(
            configuration: database.configuration,
            channels: [Channel.boards.rawValue],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let pool = database.pool
        await withTaskGroup { group in
            group.addTask { try? await listener.run() }
            var iterator = events.makeAsyncIterator()
            #expect(await iterator.next() == .connected)
            for (game, isKept) in [(1, true), (2, false), (3, true)] as [(Int64, Bool)] {
                try? await pool.transaction { session throws(PostgresError) in
                    try session.boardsNotify(
                        game: GameID(rawValue: game),
                        chats: [ChatID(rawValue: 5), ChatID(rawValue: 4), ChatID(rawValue: 5)],
                        includingGlobal: true
                    )
                    if !isKept { throw PostgresError(.decoding, "undone") }
                }
            }
            for payload in ["1 * 4 5", "3 * 4 5"] {
                let event = await iterator.next()
                #expect(event == .notification(channel: "highscores_boards", payload: payload))
            }
            group.cancelAll()
        }
    }
}
