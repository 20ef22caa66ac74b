import ScoringSupport
import Leaderboards
import Logging
import Postgres
import Storage
import TestSupport
import Testing

@testable import Operations
@testable import Scoring

/// What no leaderboard needs leaves the log, and nobody notices.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct RetentionTests {
    static let rules: [GameRules] = RebuildTests.rules.map {
        var rules = $0
        rules.retention = .relevant
        return rules
    }

    /// Plays at random through months, many runs on one day and then none for days.
    static func play(_ count: Int, seed: UInt64, _ stage: Stage) async throws {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<count {
            let pause: Int64 = number % 20 == 19 ? 800_000 : 2_000
            stage.clock.advance(by: .seconds(Int64.random(in: 0...pause, using: &generator)))
            let chat = Int64.random(in: 0...1, using: &generator) * Int64.random(in: 1...2, using: &generator)
            let token = stage.launchToken(
                Int64.random(in: 1...2, using: &generator),
                in: chat == 0 ? nil : StageChat(chat)
            )
            _ = try await stage.submit(
                Int32.random(in: 0...100, using: &generator),
                with: token,
                key: "\(number)"
            )
        }
    }

    static func prune(_ stage: Stage, isDryRun: Bool = false) async throws -> PruningCount? {
        let (game, now) = (stage.game, stage.clock.now)
        return try await stage.pool.transaction { session throws(PostgresError) in
            try session.logPrune(before: now, isDryRun: isDryRun)?[game]
        }
    }

    /// Returns once a transaction of this database waits for a lock of the service.
    private static func awaitWaiter(_ session: Session) throws(PostgresError) {
        var isAwaited = false
        while !isAwaited {
            isAwaited =
                try session.first(
                    """
                    SELECT EXISTS (
                        SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                        WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database())
                    """
                )?.decode(Bool.self) ?? false
        }
    }

    private static func log(_ stage: Stage, where condition: String = "true") async throws -> Set<String> {
        try await stage.pool.withSession { session throws(PostgresError) in
            Set(
                try session.query("SELECT s::text FROM scores s WHERE \(unescaped: condition)")
                    .decode(String.self)
            )
        }
    }

    /// Takes away, as moderation will, the runs that are the players' entries of the whole game over all time.
    private static func holdEntries(_ stage: Stage) async throws {
        try await stage.sql(
            """
            UPDATE scores SET outcome = 'h' WHERE run_id IN (
                SELECT run_id FROM entries JOIN boards USING (game_id, board_id)
                WHERE window_kind = 'all' AND chat_id IS NULL)
            """
        )
        _ = try await stage.administration.rebuildGame(stage.currentGame())
    }

    @Test(arguments: rules)
    func `leaderboards and what stays of the log are as before`(rules: GameRules) async throws {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            try await Self.play(250, seed: 1, stage)
            _ = try await RebuildTests.setZone("Pacific/Apia", of: 1, stage)
            _ = try await stage.administration.rebuildGame(stage.currentGame())
            let (boards, log) = (try await stage.dump(), try await Self.log(stage))
            let shown = try await Self.prune(stage, isDryRun: true)
            #expect(try await Self.log(stage) == log)
            #expect(try await Self.prune(stage) == shown)
            let rest = try await Self.log(stage)
            #expect(rest.isSubset(of: log) && log.count - rest.count == shown?.dropped ?? 0)
            #expect((rest.count == log.count) == (rules.keep == .sum))
            #expect(try await stage.dump() == boards)
            #expect(try await stage.administration.rebuildGame(stage.currentGame()).isEmpty)
            #expect(try await stage.dump() == boards)
            // Which it is only where runs that counted were dropped.
            #expect(try await stage.currentGame().logWholeFrom != nil || rules.keep == .sum)
            #expect(try await Self.prune(stage) == nil)

            try await Self.play(120, seed: 2, stage)
            _ = try await stage.administration.rebuildGame(stage.currentGame())
            let later = try await stage.dump()
            _ = try await Self.prune(stage)
            #expect(try await stage.administration.rebuildGame(stage.currentGame()).isEmpty)
            #expect(try await stage.dump() == later)
            #expect(try await LogModel.lines(stage) == stage.storedLines())
        }
    }

    @Test(arguments: rules.filter { $0.keep != .sum })
    func `two runs follow where those that made entries turn out not to count`(rules: GameRules) async throws
    {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            try await Self.play(250, seed: 3, stage)
            try await stage.sql("CREATE TABLE whole_log AS SELECT * FROM scores")
            #expect(try await Self.prune(stage)?.dropped ?? 0 > 0)
            for _ in 1...2 { try await Self.holdEntries(stage) }
            let lines = try await stage.storedLines()
            try await stage.sql(
                """
                UPDATE whole_log w SET outcome = 'h' FROM scores s
                WHERE s.run_id = w.run_id AND s.outcome = 'h'
                """
            )
            try await stage.sql("TRUNCATE scores")
            try await stage.sql("INSERT INTO scores SELECT * FROM whole_log")
            #expect(try await LogModel.lines(stage) == lines)
        }
    }

    @Test func `games that keep all, held runs and young months stay whole`() async throws {
        try await Stage.with {
            $0.rules = Self.rules[0]
        } _: { stage in
            try await Self.play(250, seed: 4, stage)
            try await stage.sql("UPDATE scores SET outcome = 'h' WHERE player_id = 2")
            let other = try await stage.pool.transaction { session throws(PostgresError) in
                try session.run(
                    .gameInsert(
                        GameDraft(bot: Stage.bot, shortName: "snake", title: "Snake", url: Stage.gameURL)
                    )
                )
            }
            try await stage.sql(
                """
                INSERT INTO scores SELECT \(other), launched_at, run_id, player_id, chat_id, seq, started_at,
                                          accepted_at, score, outcome, reasons, answer, metadata
                FROM scores
                """
            )
            let whole = """
                game_id = \(other) OR outcome = 'h' OR launched_at >= date_trunc('month', (
                    SELECT max(launched_at) FROM scores), 'UTC')
                """
            let before = try await Self.log(stage, where: whole)
            #expect(try await Self.prune(stage)?.dropped ?? 0 > 0)
            #expect(try await Self.log(stage, where: whole) == before)
            // The months that were written anew take new runs and find old ones as ever.
            let indexes = try await stage.value(
                Int.self,
                """
                SELECT count(DISTINCT n) FROM (
                    SELECT count(*) AS n FROM pg_inherits JOIN pg_index ON indrelid = inhrelid
                    WHERE inhparent = 'scores'::regclass GROUP BY inhrelid) AS x
                """
            )
            #expect(indexes == 1)
            let left = "SELECT count(*) FROM pg_class WHERE relname LIKE 'scores%kept' AND relkind = 'r'"
            #expect(try await stage.value(Int.self, Query(unescaped: left)) == 0)
        }
    }

    @Test func `whatever stops it leaves the log as it was`() async throws {
        try await Stage.with {
            $0.rules = Self.rules[0]
        } _: { stage in
            try await Self.play(250, seed: 5, stage)
            let (game, now) = (stage.game, stage.clock.now)
            let log = try await Self.log(stage)
            // The last moment: everything is exchanged, and the server loses the transaction.
            try await stage.pool.transaction(TransactionOptions(isDryRun: true)) {
                session throws(PostgresError) in
                _ = try session.logPrune(before: now)
            }
            #expect(try await Self.log(stage) == log)
            // Somebody changes an old run after it was looked at.
            let pruning = try await stage.pool.transaction { session throws(PostgresError) in
                try session.run(.gameLock(game))
                let pruning = Task { try await Self.prune(stage) }
                try Self.awaitWaiter(session)
                try session.execute(
                    "UPDATE scores SET score = score + 1 WHERE launched_at = (SELECT min(launched_at) FROM scores)"
                )
                return pruning
            }
            await #expect(throws: PostgresError.self) { try await pruning.value }
            #expect(try await Self.log(stage).count == log.count)
            // One at a time.
            let pool = stage.pool
            let other = try await pool.withConnection { connection in
                try await connection.withSession { session throws(PostgresError) in
                    _ = try session.tryAdvisoryLock(Int64(LockSpace.retention.rawValue) << 32)
                }
                let counts = try await pool.transaction { session throws(PostgresError) in
                    try session.logPrune(before: now)
                }
                return counts
            }
            #expect(other == nil)
            #expect(try await Self.prune(stage)?.dropped ?? 0 > 0)
        }
    }

    @Test func `housekeeping makes tables ahead and goes over months that are over for three days`()
        async throws
    {
        try await Stage.with {
            $0.rules = Self.rules[0]
        } _: { stage in
            try await until {
                try await stage.value(Bool.self, "SELECT to_regclass('scores_2026_04') IS NOT NULL") == true
            }
            try await Self.play(250, seed: 6, stage)
            let log = try await Self.log(stage)
            try await stage.sql(
                "INSERT INTO attempts VALUES (\(stage.game), sha256(''), '2001-01-01', 1, gen_random_uuid(), '2001-01-01')"
            )
            let clock = stage.clock
            let housekeeping = Housekeeping(
                pool: stage.pool,
                retentionMargin: ScoringConfiguration().retentionMargin,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                clock: { clock.now }
            )
            let task = Task { try await housekeeping.run() }
            try await until { try await Self.log(stage).count < log.count }
            task.cancel()
            _ = await task.result
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM attempts") == 0)
            let prunedTo = try await stage.value(Instant.self, "SELECT log_pruned_to FROM games")
            #expect(try #require(prunedTo) + .seconds(72 * 3600) <= clock.now)
        }
    }

    @Test func `an operator prunes a game that allows it, which is recorded`() async throws {
        try await Stage.with {
            // The service itself leaves months of this century alone.
            $0.scoring.launchLifetime = .seconds(100 * 365 * 24 * 3600)
        } _: { stage in
            await #expect(throws: OperationError.self) {
                try await stage.administration.pruneGame(stage.currentGame(), margin: .zero)
            }
            try await stage.sql("UPDATE games SET retention = 'relevant'")
            try await stage.sql("SELECT make_score_partitions('2001-01-01', '2001-01-01')")
            try await stage.sql(
                """
                INSERT INTO scores (game_id, launched_at, run_id, player_id, started_at, accepted_at, score, outcome)
                SELECT \(stage.game), '2001-01-01', gen_random_uuid(), 1, '2001-01-01', '2001-01-01', i, 'i'
                FROM generate_series(1, 10) AS i
                """
            )
            let expected = PruningCount(kept: 3, dropped: 7)
            let game = try await stage.currentGame()
            let administration = stage.administration
            #expect(try await administration.pruneGame(game, margin: .zero, isDryRun: true) == expected)
            // It waits for another that is at it.
            let pruning = try await stage.pool.transaction { session throws(PostgresError) in
                try session.run(.retentionLock())
                let pruning = Task { try await administration.pruneGame(game, margin: .zero, reason: "full") }
                try Self.awaitWaiter(session)
                return pruning
            }
            #expect(try await pruning.value == expected)
            #expect(try await administration.pruneGame(game, margin: .zero) == PruningCount())
            let audit = try await stage.value(
                String.self,
                "SELECT concat_ws(' ', actor, action, reason, after->>'dropped') FROM audit"
            )
            #expect(audit == "ada game.prune full 7")
            #expect(try await Self.log(stage).count == 3)
        }
    }
}
