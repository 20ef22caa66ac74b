import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// What presses tell is compared with what is stored by look-ups, and written in the order of everybody's locks.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct PressNewsTests {
    private let pool = ScratchDatabase.current.pool
    private let game = GameID(rawValue: 1)
    private let bot = BotID(rawValue: 7)
    private let now = Instant(milliseconds: 1_772_366_400_000)

    /// Fills the tables as presses in many chats leave them.
    private func fill(_ session: Session) throws(PostgresError) {
        try session.script(
            """
            INSERT INTO players SELECT 7, n, 'First ' || n, NULL, 'user' || n FROM generate_series(1, 3000) AS n;
            INSERT INTO chats (bot_id, title) SELECT 7, 'Chat ' || n FROM generate_series(1, 1000) AS n;
            INSERT INTO chat_instances SELECT 7, chat_id * 10, chat_id FROM chats;
            INSERT INTO chat_addresses SELECT 7, -chat_id, chat_id FROM chats;
            INSERT INTO targets (game_id, chat_id, target, pressed_at)
            SELECT 1, chat_id, 'message:-' || chat_id || ':' || n, to_timestamp(n)
            FROM chats CROSS JOIN generate_series(1, 5) AS n;
            INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, known, known_value, target,
                                    state, due_at)
            SELECT 1, chat_id, n, 7, 5, now(), 'exactly', 5, 'inline:A', 'done', now()
            FROM chats CROSS JOIN generate_series(1, 5) AS n;
            ANALYZE players, chats, chat_instances, chat_addresses, targets, deliveries
            """
        )
    }

    /// A press that tells what is stored.
    private func fact(_ number: Int64) -> PressFact {
        PressFact(
            game: game,
            player: PlayerProfile.sample(2 * number, "First \(2 * number)", username: "user\(2 * number)"),
            alias: ChatAlias(
                instance: ChatInstance(rawValue: 10 * number),
                address: TelegramChatID(rawValue: -number)
            ),
            title: "Chat \(number)",
            target: Target.message(chat: TelegramChatID(rawValue: -number), id: 5).stored,
            pressedAt: now
        )
    }

    /// Counts what the transaction did to a table so far: scans of all of it, and index entries visited.
    private func access(to table: String, _ session: Session) throws(PostgresError) -> [Int] {
        let row = try session.first(
            """
            SELECT pg_stat_get_xact_numscans(\(table)::regclass)::bigint,
                   coalesce(sum(pg_stat_get_xact_tuples_returned(indexrelid)), 0)::bigint
            FROM pg_index WHERE indrelid = \(table)::regclass
            """
        )
        guard let (scans, visited) = try row?.decode(Int.self, Int.self) else { return [] }
        return [scans, visited]
    }

    @Test(arguments: [
        ("chat_instances", 1), ("chat_addresses", 1), ("chats", 1), ("players", 1), ("targets", 1),
        ("deliveries", 0),
    ])
    func `a press that tells nothing new costs an index entry of each table`(
        table: String,
        visitedByEach: Int
    ) async throws {
        try await pool.transaction { session throws(PostgresError) in
            try fill(session)
            // Often enough for the server to settle on a plan, with batches of very different sizes.
            for size in [1, 2, 3, 1, 200, 4, 1, 500, 30] as [Int64] {
                let before = try access(to: table, session)
                #expect(try session.run(.pressesFindNew(in: (1...size).map(fact), bot: bot)) == [])
                let after = try access(to: table, session)
                #expect(zip(after, before).map { $0 - $1 } == [0, visitedByEach * Int(size)])
            }
        }
    }

    @Test func `the statement is planned once and not for every batch`() async throws {
        try await pool.transaction { session throws(PostgresError) in
            try fill(session)
            // The session's own setting forbids planning anew; behind a pooler that drops it, this must hold as well.
            try session.execute("SET LOCAL plan_cache_mode = auto")
            for size in 1...12 as ClosedRange<Int64> {
                _ = try session.run(.pressesFindNew(in: (1...size).map(fact), bot: bot))
            }
            let plans = try session.query(
                """
                SELECT generic_plans, custom_plans FROM pg_prepared_statements
                WHERE statement LIKE '%AS shown%' AND statement NOT LIKE '%pg_prepared%'
                """
            ).decode(Int.self, Int.self)
            // PostgreSQL tries five plans with the values known before it compares (its manual, "PREPARE").
            #expect(plans.map(\.0) == [7])
            #expect(plans.map(\.1) == [5])
        }
    }

    @Test func `only the presses that tell something new are found, each by its place`() async throws {
        try await pool.transaction { session throws(PostgresError) in
            try fill(session)
            try session.execute("UPDATE players SET last_name = 'New' WHERE player_id = 4")
            try session.execute("DELETE FROM chat_addresses WHERE telegram_chat_id = -5")
            try session.execute(
                "UPDATE deliveries SET state = 'no_target' WHERE chat_id = 6 AND player_id = 3"
            )
            let news = try session.run(.pressesFindNew(in: (1...7).map(fact), bot: bot))
            let found = news.sorted { $0.position < $1.position }
            #expect(found.map(\.position) == [1, 4, 5])
            #expect(found.map(\.isChatUnknown) == [false, true, false])
            // Chats and players of another bot are others, whatever their ids.
            let others = try session.run(.pressesFindNew(in: [fact(1)], bot: BotID(rawValue: 8)))
            #expect(others.map(\.isChatUnknown) == [true])
        }
    }

    private func waitingForLocks() async throws -> Int {
        try await pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
                WHERE NOT granted AND datname = current_database()
                """
            ).count
        }
    }

    @Test func `waiting deliveries are locked in the order in which submissions lock them`() async throws {
        try await pool.transaction { session throws(PostgresError) in
            try session.execute("INSERT INTO chats (bot_id) VALUES (7)")
            // The later player lies first in the table.
            try session.execute(
                """
                INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, state, due_at)
                SELECT 1, chat_id, player, 7, 5, now(), 'no_target', now() FROM chats, unnest('{2,1}'::bigint[]) AS player
                """
            )
        }
        let (game, now) = (game, now)
        let isFirstLocked = Recorder<Bool>()
        let submission = Task {
            try await pool.withConnection { connection in
                try await connection.withSession { session throws(PostgresError) in
                    try session.script("BEGIN")
                    try session.execute("SELECT FROM deliveries WHERE player_id = 1 FOR UPDATE")
                }
                isFirstLocked.record(true)
                try await until { try await waitingForLocks() == 1 }
                // The press waits for the first of them, and so has not locked the second.
                try await connection.withSession { session throws(PostgresError) in
                    try session.execute("SELECT FROM deliveries WHERE player_id = 2 FOR UPDATE NOWAIT")
                    try session.script("COMMIT")
                }
            }
        }
        try await until { !isFirstLocked.all.isEmpty }
        try await pool.transaction { session throws(PostgresError) in
            guard let target = Target.inline("A").stored,
                let chat = try session.first("SELECT chat_id FROM chats")?.decode(ChatID.self)
            else { throw PostgresError(.decoding, "no chat") }
            let sighting = TargetSighting(game: game, chat: chat, target: target, pressedAt: now)
            try session.execute(.deliveriesWake(waitingFor: [sighting]))
        }
        try await submission.value
        let states = try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT state FROM deliveries").decode(String.self)
        }
        #expect(states == ["pending", "pending"])
    }

    @Test func `of messages pressed together the last is the one known as pressed last`() async throws {
        try await pool.transaction { session throws(PostgresError) in
            try fill(session)
            func sighting(_ message: Int64, after seconds: Int64) -> TargetSighting? {
                Target.message(chat: TelegramChatID(rawValue: -1), id: message).stored.map {
                    TargetSighting(
                        game: game,
                        chat: ChatID(rawValue: 1),
                        target: $0,
                        pressedAt: now + .seconds(seconds)
                    )
                }
            }
            // Message 5 is known as pressed last; 9 is new and pressed before it.
            let sightings = [sighting(9, after: 1), sighting(5, after: 2)].compactMap { $0 }
            try session.execute(.targetsUpsert(sightings))
            #expect(
                try session.knownTable(TableKey(game: game, chat: ChatID(rawValue: 1))).targets.first?.target
                    == .message(chat: TelegramChatID(rawValue: -1), id: 5)
            )
        }
    }
}
