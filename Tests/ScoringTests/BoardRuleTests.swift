import Leaderboards
import Operations
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What a run of several boards is counted as.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct BoardRuleTests {
    private func submit(_ boards: [String], _ number: Int, _ token: String, _ stage: Stage) async throws
        -> [Receipt.Outcome]
    {
        let run = try stage.highscores.run(of: token) { "run \(number)" }
        let score = try #require(Score(Int32(10 + number)))
        let scores = boards.map { BoardScore($0, score) }
        let receipt = try await stage.highscores.submit(FinishedRun(run, scores: scores, isNamed: true))
        return receipt.results.map(\.outcome)
    }

    @Test func `runs an hour are counted over all boards of a game`() async throws {
        try await Stage.with { stage in
            _ = try await stage.declare("hard")
            var changes = GameChanges()
            changes.set(\.rules.bounds.maximumPerHour, to: 2)
            let administration = Administration(pool: stage.pool, actor: "test")
            _ = try await administration.setGame(
                try await administration.game(named: "tetris"),
                changes
            )
            let token = try await stage.press(1, in: StageChat(5))
            #expect(try await submit(["main", "hard"], 1, token, stage) == [.newBest, .newBest])
            #expect(try await submit(["hard"], 2, token, stage) == [.newBest])
            #expect(try await submit(["main", "hard"], 3, token, stage) == [.refused, .refused])
            stage.clock.advance(by: .seconds(3601))
            #expect(try await submit(["hard"], 4, token, stage) == [.newBest])
        }
    }

    @Test func `a run counts once against a player's quota, however many boards it feeds`() async throws {
        try await Stage.with { stage in
            _ = try await stage.declare("hard")
            let token = try await stage.press(1, in: StageChat(5))
            _ = try await submit(["main", "hard"], 1, token, stage)
            _ = try await submit(["hard"], 2, token, stage)
            let player = try stage.highscores.run(of: token) { "any" }.launch.player
            let usage = try await stage.pool.withSession { session throws(PostgresError) in
                try session.run(
                    .runsUsage(of: [player], since: .earliest, bot: Stage.bot, limit: 100)
                )
            }
            #expect(usage[player]?.runs == 2)
        }
    }
}
