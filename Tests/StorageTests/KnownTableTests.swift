import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// What is known of Telegram's tables, calls that are reserved to read them, and what is put right.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct KnownTableTests {
    private let pool = ScratchDatabase.current.pool
    private let now = Instant(milliseconds: 1_772_366_400_000)
    private let bot = BotID(rawValue: 7)
    private let game = GameID(rawValue: 1)
    private let inline = "inline:AAAA"

    /// A delivery as a test wants it.
    private struct Made {
        var player: Int64
        var desired: Int32?
        var state = "done"
        var held: Int32?
        var calledAt: Instant?
    }

    private func make(_ deliveries: [Made], chat instance: Int64 = 5) async throws -> ChatID {
        try await pool.transaction { session throws(PostgresError) in
            let alias = ChatAlias(instance: ChatInstance(rawValue: instance), address: nil)
            let chat = try session.chatsResolve([alias], bot: bot)[0].chat
            for made in deliveries {
                let called = made.calledAt ?? now
                _ = try session.execute(
                    """
                    INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, known, known_value,
                                            target, state, due_at, last_error, last_call, last_call_at)
                    VALUES (\(game), \(chat), \(made.player), \(bot), \(made.desired), \(now), 'exactly',
                            \(made.held ?? made.desired), \(inline), \(made.state), \(now), 'because', 'score', \(called))
                    """
                )
            }
            return chat
        }
    }

    private func expected(_ player: Int64, _ desired: Int32?) -> ExpectedScore {
        ExpectedScore(player: PlayerID(rawValue: player), desired: desired, lastCallAt: now)
    }

    private func repair(
        _ player: Int64,
        _ expected: ExpectedScore?,
        held: Int32?,
        isForced: Bool = false
    ) -> TableRepair {
        TableRepair(player: PlayerID(rawValue: player), expected: expected, held: held, isForced: isForced)
    }

    // MARK: - Tables

    @Test func `tables come in their order, page by page`() async throws {
        var chats: [ChatID] = []
        for instance in 1...5 as ClosedRange<Int64> {
            chats.append(
                try await make([Made(player: 1, desired: 1), Made(player: 2, desired: 2)], chat: instance)
            )
        }
        let all = chats.sorted().map { TableKey(game: game, chat: $0) }
        let pages = try await pool.withSession { session throws(PostgresError) in
            let first = try session.knownTables(of: [game], chat: nil, after: nil, limit: 2)
            let second = try session.knownTables(of: [game], chat: nil, after: first.last, limit: 9)
            return (
                first, second, try session.knownTables(of: [game], chat: nil, after: second.last, limit: 9),
                try session.knownTables(of: [game], chat: all[3].chat, after: nil, limit: 9),
                try session.knownTables(of: [GameID(rawValue: 2)], chat: nil, after: nil, limit: 9)
            )
        }
        #expect(pages.0 == Array(all.prefix(2)))
        #expect(pages.1 == Array(all.dropFirst(2)))
        #expect(pages.2 == [] && pages.4 == [])
        #expect(pages.3 == [all[3]])
        let drawn = try await pool.withSession { session throws(PostgresError) in
            try session.deliveriesDraw(7, of: [game], chat: nil)
        }
        #expect(drawn.values.reduce(0) { $0 + $1.count } == 7)
        #expect(drawn.values.allSatisfy { Set($0).count == $0.count })
    }

    @Test func `a table is known from the highest down, with the messages that can be read`() async throws {
        let chat = try await make([
            Made(player: 1, desired: 10), Made(player: 2, desired: nil, held: nil),
            Made(player: 3, desired: 30, state: "pending"), Made(player: 4, desired: 20, state: "dead"),
        ])
        let key = TableKey(game: game, chat: chat)
        try await pool.transaction { session throws(PostgresError) in
            for (target, second, isGone) in [
                ("message:-5:1", 1, false), ("inline:AAAA", 2, false), ("message:-5:2", 3, false),
                ("message:-5:3", 4, true),
            ] {
                _ = try session.execute(
                    """
                    INSERT INTO targets (game_id, chat_id, target, pressed_at, is_gone)
                    VALUES (\(game), \(chat), \(target), \(now + .seconds(second)), \(isGone))
                    """
                )
            }
        }
        let table = try await pool.withSession { session throws(PostgresError) in
            try session.knownTable(key)
        }
        #expect(table.scores.map(\.player.rawValue) == [3, 4, 1, 2])
        #expect(table.scores.map(\.desired) == [30, 20, 10, nil])
        #expect(table.scores.map(\.progress) == [.onItsWay, .givenUp, .settled, .settled])
        #expect(table.targets.map(\.stored) == ["message:-5:2", "inline:AAAA", "message:-5:1"])
        #expect(table.chatInstance == ChatInstance(rawValue: 5))
        let forbidden = try await pool.transaction { session throws(PostgresError) in
            _ = try session.execute(
                """
                INSERT INTO delivery_chats (bot_id, chat_id, closed_at, closed_reason, refusals, refused_at, retry_at)
                SELECT bot_id, chat_id, now(), 'kicked', 1, now(), now() FROM chats
                ON CONFLICT (bot_id, chat_id) DO UPDATE
                SET closed_at = now(), closed_reason = 'kicked', refusals = 1, refused_at = now(), retry_at = now()
                """
            )
            return try session.knownTable(key)
        }
        #expect(forbidden.targets.map(\.stored) == ["inline:AAAA"])
    }

    // MARK: - Calls

    private func reserve(
        _ chat: ChatID,
        _ limits: CallLimits,
        after seconds: Double = 0
    ) async throws -> Instant? {
        try await pool.transaction { session throws(PostgresError) in
            try session.deliveryChatReserveCall(
                chat,
                bot: bot,
                limits: limits,
                now: now + .milliseconds(Int64(seconds * 1000))
            )
        }
    }

    @Test func `calls are reserved within the budget of the chat and of the bot`() async throws {
        let chat = try await make([])
        let other = try await make([], chat: 6)
        let limits = CallLimits(chatPerSecond: 1, chatPerMinute: 3, botPerSecond: 2)
        #expect(try await reserve(chat, limits) == nil)
        // Whoever reads the slot does not know when the call started; at the latest half a second after it.
        #expect(try await reserve(chat, limits, after: 0.1) == now + .milliseconds(1_520))
        #expect(try await reserve(other, limits, after: 0.1) == nil)
        #expect(try await reserve(other, limits, after: 0.2) != nil)
        #expect(try await reserve(chat, limits, after: 1.53) == nil)
        #expect(try await reserve(chat, limits, after: 4) == nil)
        // The fourth in a minute.
        #expect(try await reserve(chat, limits, after: 8) == now + .milliseconds(60_520))
        #expect(try await reserve(chat, limits, after: 60.52) == nil)
    }

    @Test func `a chat or a bot that Telegram wants left alone is left alone`() async throws {
        let (chat, other) = (try await make([]), try await make([], chat: 6))
        let limits = CallLimits()
        #expect(try await reserve(chat, limits) == nil)
        try await pool.transaction { session throws(PostgresError) in
            try session.deliveryChatHold(for: .seconds(9), chat: chat, bot: bot, now: now)
        }
        #expect(try await reserve(chat, limits, after: 5) == now + .seconds(9))
        #expect(try await reserve(other, limits, after: 5) == nil)
        try await pool.transaction { session throws(PostgresError) in
            try session.deliveryChatHold(for: .seconds(90), chat: chat, bot: bot, now: now)
        }
        #expect(try await reserve(other, limits, after: 60) == now + .seconds(90))
    }

    // MARK: - Repairs

    private func repair(_ repairs: [TableRepair], _ chat: ChatID) async throws -> [Int64] {
        let target = try #require(Target.inline("BBBB").stored)
        return try await pool.transaction { session throws(PostgresError) in
            try session.deliveriesRepair(
                repairs,
                of: TableKey(game: game, chat: chat),
                bot: bot,
                target: target,
                now: now
            )
        }.map(\.rawValue).sorted()
    }

    @Test func `what is repaired is due again, by force where that is asked for, and its chat has a turn`()
        async throws
    {
        let chat = try await make([
            Made(player: 1, desired: 10), Made(player: 2, desired: 20),
            Made(player: 3, desired: 30),
            Made(player: 4, desired: 40),
        ])
        let repaired = try await repair(
            [
                repair(1, expected(1, 10), held: 4), repair(2, expected(2, 20), held: 25, isForced: true),
                repair(3, expected(3, 30), held: nil), repair(9, nil, held: 7, isForced: true),
            ],
            chat
        )
        #expect(repaired == [1, 2, 3, 9])
        let rows = try await pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT player_id, desired_score, known_value, state, is_correction, target FROM deliveries
                WHERE known = 'exactly' ORDER BY player_id
                """
            ).decode(Int64.self, Int32?.self, Int32?.self, String.self, Bool.self, String.self)
        }
        #expect(rows.map(\.0) == [1, 2, 3, 4, 9])
        #expect(rows.map(\.1) == [10, 20, 30, 40, nil])
        #expect(rows.map(\.2) == [4, 25, nil, 40, 7])
        #expect(rows.map(\.3) == ["pending", "pending", "pending", "done", "pending"])
        #expect(rows.map(\.4) == [false, true, false, false, true])
        #expect(rows.map(\.5) == ["inline:BBBB", "inline:BBBB", "inline:BBBB", "inline:AAAA", "inline:BBBB"])
        let ready = try await pool.transaction { session throws(PostgresError) in
            try session.run(.deliveryChatsReady(of: bot, limit: 10, now: now))
        }
        #expect(ready.map(\.chat) == [chat])
    }

    @Test func `what has changed since is left as it is`() async throws {
        let chat = try await make([
            Made(player: 1, desired: 11), Made(player: 2, desired: 20, calledAt: now + .seconds(1)),
            Made(player: 3, desired: 30, state: "pending"), Made(player: 4, desired: 40, state: "dead"),
            Made(player: 9, desired: 90),
        ])
        let repaired = try await repair(
            [
                repair(1, expected(1, 10), held: 4), repair(2, expected(2, 20), held: 4),
                repair(3, expected(3, 30), held: 4), repair(4, expected(4, 40), held: 4),
                repair(9, nil, held: 4, isForced: true),
            ],
            chat
        )
        #expect(repaired == [])
        let states = try await pool.withSession { session throws(PostgresError) in
            try session.query(
                "SELECT state FROM deliveries WHERE known_value = desired_score ORDER BY player_id"
            )
            .decode(String.self)
        }
        #expect(states == ["done", "done", "pending", "dead", "done"])
    }
}
