import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Leaderboards follow from the log, whatever the rules, and whatever happened to them.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct RebuildTests {
    static let rules: [GameRules] = GameRules.Order.allCases.flatMap { order in
        GameRules.Keep.allCases.map { keep in
            GameRules(
                order: order,
                keep: keep,
                zone: "Europe/Berlin",
                seasons: [1_772_500_000_000, 1_774_000_000_000].map { Instant(milliseconds: $0) },
                telegramScore: order == .lower ? .inverted(ceiling: 1000) : .same,
                bounds: ScoreBounds(maximum: 90)
            )
        }
    }

    /// Plays at random through a month, with some chats, some players without one, and scores that are refused.
    static func play(_ count: Int, seed: UInt64, _ stage: Stage) async throws {
        var generator = SeededGenerator(seed: seed)
        for number in 0..<count {
            stage.clock.advance(by: .seconds(Int64.random(in: 0...20_000, using: &generator)))
            let chat = Int64.random(in: 0...4, using: &generator)
            let token = stage.launchToken(
                Int64.random(in: 1...9, using: &generator),
                in: chat == 0 ? nil : StageChat(chat)
            )
            let score = Int32.random(in: 0...100, using: &generator)
            _ = try await stage.submit(score, with: token, key: "\(number)")
        }
    }

    /// Gives a chat that was played in a zone of its own.
    static func setZone(_ zone: String?, of chat: Int64, _ stage: Stage) async throws -> OperationChange {
        let instance = try #require(ChatInstance(StageChat(chat).instance))
        return try await stage.administration.setChatZone(
            try await stage.administration.chat(named: instance),
            to: zone
        )
    }

    private func expectRight(_ stage: Stage, _ comment: Comment? = nil) async throws {
        let (stored, model) = (try await stage.storedLines(), try await LogModel.lines(stage))
        #expect(stored == model, comment)
        #expect(try await stage.brokenBoards() == [], comment)
    }

    @Test(arguments: rules)
    func `a rebuild of right leaderboards changes not a byte`(rules: GameRules) async throws {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            try await Self.play(150, seed: 1, stage)
            _ = try await Self.setZone("Pacific/Apia", of: 1, stage)
            try await Self.play(50, seed: 2, stage)
            // A run that was refused may leave a leaderboard without entries behind, which is none.
            _ = try await stage.administration.rebuildGame(stage.currentGame())
            try await expectRight(stage)
            let before = try await stage.dump()
            let report = try await stage.administration.rebuildGame(stage.currentGame())
            #expect(report == RebuildReport())
            #expect(try await stage.dump() == before)
        }
    }

    @Test(arguments: rules)
    func `leaderboards that were lost or damaged come back`(rules: GameRules) async throws {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            try await Self.play(100, seed: 3, stage)
            let before = try await stage.storedLines()
            try await stage.sql("DELETE FROM entries WHERE player_id % 3 = 0")
            try await stage.sql("UPDATE entries SET score_key = score_key + 1 WHERE player_id % 3 = 1")
            try await stage.sql(
                "INSERT INTO entries SELECT game_id, board_id, 77, 5, now(), gen_random_uuid() FROM boards"
            )
            let shown = try await stage.administration.rebuildGame(stage.currentGame(), isDryRun: true)
            #expect(shown.entriesAdded > 0 && shown.entriesChanged > 0 && shown.entriesRemoved > 0)
            #expect(shown.sample.count == RebuildReport.sampleLimit)
            #expect(try await stage.storedLines() != before)
            #expect(try await stage.administration.rebuildGame(stage.currentGame()) == shown)
            #expect(try await stage.storedLines() == before)
            try await expectRight(stage)
            try await stage.sql("DELETE FROM entries")
            try await stage.sql("DELETE FROM boards")
            _ = try await stage.administration.rebuildGame(stage.currentGame())
            #expect(try await stage.storedLines() == before)
            #expect(try await stage.brokenBoards() == [])
        }
    }

    @Test(arguments: rules)
    func `the entries of some players are made anew alone`(rules: GameRules) async throws {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            try await Self.play(150, seed: 4, stage)
            // As moderation will: some runs of two players do not count any more.
            try await stage.sql("UPDATE scores SET outcome = 'h' WHERE player_id = 3")
            try await stage.sql("UPDATE scores SET outcome = 'h' WHERE player_id = 4 AND score % 2 = 0")
            let game = try await stage.currentGame()
            let report = try await stage.pool.transaction { session throws(PostgresError) in
                try session.run(.gameLock(game.id))
                let players = [3, 4].map { PlayerID(rawValue: $0) }
                return try session.boardsRebuild(of: game, scope: .players(players))
            }
            #expect(report.entriesRemoved > 0 && report.entriesChanged > 0)
            #expect(Set(report.sample.map(\.player.rawValue)).isSubset(of: [3, 4]))
            try await expectRight(stage)
        }
    }

    @Test func `large leaderboards get counts, and lose them when they become small`() async throws {
        try await Stage.with { stage in
            let game = try await stage.currentGame()
            try await stage.pool.transaction { session throws(PostgresError) in
                try session.execute(.scorePartitionsMake(from: stage.clock.now, through: stage.clock.now))
                try session.execute(
                    """
                    INSERT INTO scores (game_id, launched_at, run_id, player_id, started_at, accepted_at, score, outcome)
                    SELECT \(game.id), \(stage.clock.now), gen_random_uuid(), i % 1500, \(stage.clock.now),
                           \(stage.clock.now), i * 7919 % 1000, 'i'
                    FROM generate_series(1, 3000) AS i
                    """
                )
            }
            _ = try await stage.administration.rebuildGame(game)
            try await expectRight(stage)
            let counted: Query = "SELECT count(*) FROM boards WHERE has_rank_buckets"
            #expect(try await stage.value(Int.self, counted) == 4)
            try await stage.sql("UPDATE rank_buckets SET entries = entries + 1")
            #expect(try await !stage.brokenBoards().isEmpty)
            #expect(try await stage.administration.rebuildGame(game).isEmpty)
            #expect(try await stage.brokenBoards() == [])
            try await stage.sql("DELETE FROM scores WHERE player_id > 100")
            _ = try await stage.administration.rebuildGame(game)
            try await expectRight(stage)
            #expect(try await stage.value(Int.self, counted) == 0)
        }
    }

    @Test(arguments: rules)
    func `merged chats are as if all had been played in one`(rules: GameRules) async throws {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            try await Self.play(150, seed: 5, stage)
            _ = try await Self.setZone("Pacific/Apia", of: 2, stage)
            // One press that shows a name of each: chat 2 with the id of chat 1.
            let joint = StageChat(instance: StageChat(2).instance, id: StageChat(1).id.rawValue)
            _ = try await stage.press(1, in: StageChat(1))
            _ = try await stage.press(1, in: joint)
            #expect(
                try await stage.value(Int.self, "SELECT count(*) FROM chats WHERE merged_into IS NOT NULL")
                    == 1
            )
            try await expectRight(stage)
            try await Self.play(50, seed: 6, stage)
            try await expectRight(stage)
            #expect(try await stage.administration.rebuildGame(stage.currentGame(), isDryRun: true).isEmpty)
        }
    }

    @Test func `games that a new schema left behind are made once`() async throws {
        try await Stage.with { stage in
            try await Self.play(50, seed: 7, stage)
            try await stage.sql(
                "DELETE FROM entries e USING boards b WHERE e.board_id = b.board_id AND window_kind <> 'all'"
            )
            try await stage.sql("DELETE FROM boards WHERE window_kind <> 'all'")
            try await stage.sql("UPDATE games SET is_stale = true")
            var made: [String] = []
            try await Administration.rebuildStaleGames(stage.pool) { game, _ in made.append(game.name) }
            try await Administration.rebuildStaleGames(stage.pool) { game, _ in made.append(game.name) }
            #expect(made == ["arcade_bot/tetris"])
            try await expectRight(stage)
        }
    }
}
