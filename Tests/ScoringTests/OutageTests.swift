import Leaderboards
import Logging
import Postgres
import Scoring
import ServiceLifecycle
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Without a database launches and runs go on, scores are answered in time, and all recovers by itself.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct OutageTests {
    private let chat = StageChat(1)

    /// Takes the database away: nobody may connect, and whoever was connected is thrown out.
    ///
    /// - Parameter survivor: A backend that stays, for a change that nobody hears of.
    /// - Throws: The server's own errors.
    private func cut(sparing survivor: Int32 = 0) async throws {
        let name = ScratchDatabase.current.name
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.script("ALTER DATABASE \(name) ALLOW_CONNECTIONS false")
            try session.execute(
                """
                SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                WHERE datname = \(name) AND pid <> \(survivor)
                """
            )
        }
    }

    private func restore() async throws {
        let name = ScratchDatabase.current.name
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.script("ALTER DATABASE \(name) ALLOW_CONNECTIONS true")
        }
    }

    /// A stage whose pool gives up as fast as the service's does.
    private func withStage(_ body: @Sendable (Stage) async throws -> Void) async throws {
        try await Stage.with(
            {
                $0.scoring = ScoringConfiguration()
                $0.usesServicePool = true
            },
            body
        )
    }

    @Test func `while the database is gone only scores and boards are refused, then all recovers`()
        async throws
    {
        try await withStage { stage in
            let before = try await stage.press(11, in: chat)
            try await cut()
            try await until { !stage.highscores.readiness.isEmpty }
            let reason = try #require(stage.highscores.readiness.first)
            #expect(reason.code == "database_unavailable")
            #expect(reason.isFatal)
            #expect(!reason.detail.isEmpty)

            let launch = try await stage.press(12, in: chat)
            #expect(try stage.highscores.startRun(launchToken: before).playerName == "Player 11")
            let run = try stage.highscores.startRun(launchToken: launch)
            await #expect(throws: Refusal.databaseUnavailable) {
                try await stage.submit(50, with: run.runToken)
            }
            await #expect(throws: Refusal.databaseUnavailable) { try await stage.leaderboard(launch) }

            try await restore()
            try await until { stage.highscores.readiness.isEmpty }
            // The same run again tells: whether or not it was written, it is now.
            let receipt = try await stage.submit(50, with: run.runToken)
            #expect(receipt.best == 50)
            #expect(try await stage.leaderboard(launch).lines.map(\.score) == [50])
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 1)
        }
    }

    @Test func `what changed while nobody listened is known afterwards`() async throws {
        try await withStage { stage in
            try await ScratchDatabase.current.pool.withConnection { connection in
                let pid = try await connection.withSession { session throws(PostgresError) in
                    try session.first("SELECT pg_backend_pid()")?.decode(Int32.self)
                }
                try await cut(sparing: #require(pid))
                try await until { !stage.highscores.readiness.isEmpty }
                try await connection.withSession { session throws(PostgresError) in
                    try session.execute("UPDATE games SET title = 'New title'")
                }
            }
            #expect(stage.highscores.games(of: Stage.bot).map(\.title) == ["Tetris"])
            try await restore()
            try await until { stage.highscores.games(of: Stage.bot).first?.title == "New title" }
        }
    }

    @Test func `a score is answered within the time that clients are promised`() {
        #expect(ScoringConfiguration().submissionTimeout < .seconds(5))
        #expect(ScoringConfiguration().pressTimeout <= .milliseconds(250))
    }

    @Test func `a database without the schema is waited for, and presses are told so`() async throws {
        let pool = ScratchDatabase.current.pool
        try await pool.withSession { session throws(PostgresError) in
            try session.script("DROP SCHEMA \(PostgresConfiguration.schema) CASCADE")
        }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let highscores = Highscores(
            pool: pool,
            keys: Stage.keys,
            logger: logger,
            clock: { ManualClock().now }
        )
        let group = ServiceGroup(services: highscores.services, logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            try await until { highscores.readiness.first?.code == "schema_outdated" }
            #expect(!highscores.isLoaded)
            let player = PlayerProfile.sample(1, "A")
            let press = Press(
                bot: Stage.bot,
                gameShortName: "tetris",
                player: player,
                chatInstance: "5",
                target: .none,
                chat: nil
            )
            #expect(await highscores.open(press) == .notice(.starting))
            try await Schema.migrations().apply(pool)
            try await until { highscores.readiness.isEmpty }
            #expect(await highscores.open(press) == .notice(.unknownGame))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
