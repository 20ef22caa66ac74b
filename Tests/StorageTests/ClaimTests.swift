import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// Claims and submissions pass one another, and nothing that becomes due between them is forgotten.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct ClaimTests {
    private let pool = ScratchDatabase.current.pool
    private let now = Instant(milliseconds: 1_772_366_400_000)
    private let bot = BotID(rawValue: 7)
    private static let gate: Int64 = 42

    private func want(_ player: Int64, _ session: Session) throws(PostgresError) {
        let alias = ChatAlias(instance: ChatInstance(rawValue: 5), address: nil)
        guard let game = try session.run(.gameGet(GameID(rawValue: 1))) else {
            throw PostgresError(.decoding, "no game")
        }
        let chat = try session.chatsResolve([alias], bot: bot)[0].chat
        let desired = DesiredScore(
            chat: chat,
            player: PlayerID(rawValue: player),
            score: 10,
            target: Target.inline("AAAA").stored
        )
        try session.desiredScoresWrite([desired], game: game, now: now)
    }

    private func ready() async throws -> [ReadyChat] {
        try await pool.transaction { session throws(PostgresError) in
            try session.run(.deliveryChatsReady(of: bot, limit: 10, now: now))
        }
    }

    /// Runs a body while a transaction that wants a delivery is not committed yet.
    private func whileWanting(
        _ player: Int64,
        _ body: () async throws -> Void
    ) async throws {
        try await pool.withConnection { connection in
            let isLocked = try await connection.withSession { session throws(PostgresError) in
                try session.tryAdvisoryLock(Self.gate)
            }
            try #require(isLocked)
            let writing = Task {
                try await pool.transaction { session throws(PostgresError) in
                    try want(player, session)
                    try session.advisoryXactLock(Self.gate)
                }
            }
            try await until {
                try await pool.withSession { session throws(PostgresError) in
                    try session.query(
                        """
                        SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid)
                        WHERE NOT granted AND locktype = 'advisory' AND datname = current_database()
                        """
                    ).count > 0
                }
            }
            try await body()
            try await connection.withSession { session throws(PostgresError) in
                try session.advisoryUnlock(Self.gate)
            }
            try await writing.value
        }
    }

    private func claim(_ keys: [DeliveryKey]) async throws -> [DeliveryClaim] {
        try await pool.transaction { session throws(PostgresError) in
            try session.run(
                .deliveriesClaim(
                    keys,
                    now: now,
                    lease: Identifier128(high: 0, low: 1),
                    leaseUntil: now + .seconds(30)
                )
            )
        }
    }

    @Test func `a delivery that is just being changed is left for the next claim, the chat keeps its turn`()
        async throws
    {
        try await pool.transaction { session throws(PostgresError) in try want(1, session) }
        try await whileWanting(1) {
            let ready = try await ready()
            #expect(ready.count == 1)
            let key = try #require(ready.first?.first)
            #expect(try await claim([key]).isEmpty)
        }
        let key = try #require(try await ready().first?.first)
        #expect(try await claim([key]).count == 1)
    }

    @Test func `no turn is taken from a chat in which something is becoming due`() async throws {
        try await pool.transaction { session throws(PostgresError) in
            try want(1, session)
            // As if it had been brought, while the chat still has its turn.
            try session.execute(
                "UPDATE deliveries SET state = 'done', known = 'exactly', known_value = desired_score"
            )
        }
        let chat = try #require(try await ready().first?.chat)
        try await whileWanting(2) {
            let idle = try await pool.transaction { session throws(PostgresError) in
                try session.deliveryChatsLockIdle([chat], of: bot)
            }
            #expect(idle.isEmpty)
        }
        #expect(try await ready().first?.first?.player.rawValue == 2)
        try await pool.transaction { session throws(PostgresError) in
            try session.execute(
                "UPDATE deliveries SET state = 'done', known = 'exactly', known_value = desired_score"
            )
            let idle = try session.deliveryChatsLockIdle([chat], of: bot)
            #expect(idle == [chat])
            try session.execute(.deliveryChatsRest(idle, of: bot, now: now))
        }
        #expect(try await ready().isEmpty)
        try await pool.transaction { session throws(PostgresError) in try want(3, session) }
        #expect(try await ready().first?.first?.player.rawValue == 3)
    }

    @Test func `a claim looks at the chats whose turn it is and at nothing else, whatever waits`()
        async throws
    {
        try await pool.transaction { session throws(PostgresError) in
            try session.script(
                """
                INSERT INTO chats (bot_id) SELECT 7 FROM generate_series(1, 3000);
                INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, target, state, due_at)
                SELECT 1, c.chat_id, n, 7, 10, '2026-01-01', 'inline:A', 'pending', '2026-01-01'
                FROM chats c CROSS JOIN generate_series(1, 3) AS n;
                INSERT INTO delivery_chats (bot_id, chat_id, ready_at)
                SELECT 7, chat_id, '2026-01-01'::timestamptz + chat_id * interval '1 ms' FROM chats;
                ANALYZE deliveries;
                ANALYZE delivery_chats;
                ANALYZE chats
                """
            )
        }
        let (ready, visited) = try await pool.transaction { session throws(PostgresError) in
            let before = try visits(session)
            let ready = try session.run(.deliveryChatsReady(of: bot, limit: 10, now: now))
            let after = try visits(session)
            return (ready, after.merging(before) { $0 - $1 }.filter { $0.value != 0 })
        }
        #expect(ready.count == 10 && ready.allSatisfy { $0.first != nil })
        #expect(visited == ["delivery_chats_ready": 10, "deliveries_queue": 10])
    }

    /// Makes chats of the bot, of which the first is closed, with so much waiting there for the bot's own message.
    private func fill(chats: Int, waiting: Int) async throws {
        try await pool.transaction { session throws(PostgresError) in
            _ = try session.run(
                .gameInsert(
                    GameDraft(bot: bot, shortName: "chess", title: "Chess", url: "https://c.example")
                )
            )
            try session.script(
                """
                INSERT INTO chats (bot_id) SELECT 7 FROM generate_series(1, \(chats));
                INSERT INTO delivery_chats (bot_id, chat_id) SELECT 7, chat_id FROM chats;
                UPDATE delivery_chats
                SET closed_at = '2026-01-01', closed_reason = 'kicked', refusals = 1, refused_at = '2026-01-01',
                    retry_at = '2026-03-02T00:00:00Z', ready_at = '2026-01-01'
                WHERE chat_id IN (SELECT chat_id FROM chats ORDER BY chat_id LIMIT 1);
                INSERT INTO deliveries (game_id, chat_id, player_id, bot_id, desired_score, desired_at, target, state, due_at)
                SELECT 1, q.chat_id, n, 7, 10, '2026-01-01', 'message:-5:9', 'pending', '2026-01-01'
                FROM delivery_chats q CROSS JOIN generate_series(1, \(waiting)) AS n WHERE q.closed_at IS NOT NULL;
                -- Of another game, of which nothing waits.
                INSERT INTO targets (game_id, chat_id, target, pressed_at)
                SELECT g.game_id, q.chat_id, 'inline:A', '2026-01-01'
                FROM delivery_chats q JOIN games g ON g.short_name = 'chess' WHERE q.closed_at IS NOT NULL;
                INSERT INTO delivery_bots (bot_id) VALUES (7);
                ANALYZE
                """
            )
        }
    }

    @Test func `a closed chat costs a claim the same, whatever waits there`() async throws {
        try await fill(chats: 300, waiting: 5000)
        let chat = try #require(try await ready().first)
        #expect(chat.isClosed && chat.first == nil)
        let visited = try await pool.transaction { session throws(PostgresError) in
            let before = try visits(session)
            let moved = try session.run(.deliveriesMoveToInline([chat.chat], of: bot, limit: 1000))
            let idle = try session.deliveryChatsLockIdle([chat.chat], of: bot)
            try session.execute(.deliveryChatsRest(idle, of: bot, now: now))
            #expect(moved.isEmpty && idle == [chat.chat])
            let after = try visits(session)
            return after.merging(before) { $0 - $1 }.filter { $0.key.hasPrefix("deliver") }
        }
        #expect(visited.values.reduce(0, +) < 20, "\(visited)")
        let later = try await pool.withSession { session throws(PostgresError) in
            try session.run(.deliveryChatsNextTurn(of: bot))
        }
        #expect(later == Instant(rfc3339: "2026-03-02T00:00:00Z"))
    }

    @Test func `what waits in a closed chat goes to an inline message of its game in portions`() async throws
    {
        try await fill(chats: 1, waiting: 25)
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("UPDATE targets SET game_id = 1")
        }
        let chat = try #require(try await ready().first?.chat)
        for (expected, isDone) in [(10, false), (20, false), (25, false), (25, true)] {
            let (moved, inline) = try await pool.transaction { session throws(PostgresError) in
                let moved = try session.run(.deliveriesMoveToInline([chat], of: bot, limit: 10))
                let count = try session.first("SELECT count(*) FROM deliveries WHERE target = 'inline:A'")
                return (moved, try count?.decode(Int.self))
            }
            #expect(inline == expected)
            #expect(moved.isEmpty == isDone)
        }
    }

    @Test func `how the bots' deliveries are made is told without a look at every chat`() async throws {
        try await fill(chats: 3000, waiting: 1)
        let (bots, visited) = try await pool.transaction { session throws(PostgresError) in
            try session.execute(
                """
                UPDATE delivery_chats SET ready_at = now() + interval '1 hour'
                WHERE chat_id IN (SELECT max(chat_id) FROM chats)
                """
            )
            let before = try visits(session)
            let bots = try session.deliveryBots()
            return (bots, try visits(session).merging(before) { $0 - $1 }.filter { $0.value != 0 })
        }
        #expect(bots.map(\.closedChats) == [1] && bots.map(\.closedReason) == ["kicked"])
        #expect(bots.first?.writtenAt != nil)
        #expect(visited.values.reduce(0, +) < 20, "\(visited)")
    }

    /// How many entries of each index of the tables were visited, and rows of the tables as a whole.
    private func visits(_ session: Session) throws(PostgresError) -> [String: Int64] {
        let rows = try session.query(
            """
            SELECT c.oid::regclass::text, pg_stat_get_xact_tuples_returned(c.oid)
            FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
            WHERE coalesce(i.indrelid, c.oid)
                  IN ('deliveries'::regclass, 'delivery_chats'::regclass, 'chats'::regclass)
            """
        ).decode(String.self, Int64.self)
        return Dictionary(uniqueKeysWithValues: rows)
    }
}
