import Leaderboards
import Operations
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What may still change of boards after retention dropped runs.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct BoardRetentionTests {
    @Test(arguments: [0, 1, 3, 4])
    func `windows that are switched on later are filled from what retention left`(number: Int) async throws {
        let all = RetentionTests.rules[number]
        try await Stage.with {
            $0.rules = all
            $0.rules.windows = [.all]
        } _: { stage in
            try await RetentionTests.play(250, seed: UInt64(number), stage)
            let expected = try await LogModel.lines(stage, rules: all)
            #expect(try await RetentionTests.prune(stage)?.dropped ?? 0 > 0)
            #expect(try await stage.currentGame().logWholeFrom != nil)
            var changes = GameChanges()
            changes.set(\.rules.windows, to: all.windows)
            _ = try await stage.administration.setGame(stage.currentGame(), changes)
            #expect(try await stage.storedLines() == expected)
        }
    }

    @Test func `windows do not move where the log of a declared board lost runs`() async throws {
        try await Stage.with { stage in
            let hard = try await stage.declare("hard")
            let token = stage.launchToken(1, in: StageChat(1))
            let run = try await stage.highscores.startRun(launchToken: token, board: "hard", key: nil)
            _ = try await stage.submit(5, with: run.runToken)
            try await stage.sql("UPDATE games SET log_whole_from = now() WHERE game_id = \(hard.id)")
            let dump = try await stage.values(String.self, "SELECT b::text FROM boards b ORDER BY 1")
            let game = try await stage.currentGame()
            var (zone, seasons, both) = (GameChanges(), GameChanges(), GameChanges())
            zone.set(\.rules.zone, to: "Asia/Kathmandu")
            seasons.set(\.rules.seasons, to: [stage.clock.now])
            both.set(\.rules.windows, to: [.all])
            for changes in [zone, seasons] {
                let error = await #expect(throws: OperationError.self) {
                    try await stage.administration.setGame(game, changes)
                }
                guard case .conflict = error else {
                    Issue.record("\(error as Any)")
                    continue
                }
            }
            #expect(try await stage.values(String.self, "SELECT b::text FROM boards b ORDER BY 1") == dump)
            _ = try await stage.administration.setGame(game, both)
        }
    }
}
