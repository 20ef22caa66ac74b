import Leaderboards
import Operations
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Runs that feed declared boards are taken by what is remembered, as those of a game without boards are.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct BoardMemoryTests {
    private func withBoards(
        _ body: @Sendable (Stage, _ hard: Game, _ token: String) async throws -> Void
    ) async throws {
        try await Stage.with { stage in
            var lower = GameChanges()
            lower.set(\.rules.order, to: .lower)
            let hard = try await stage.declare("hard", lower)
            try await body(stage, hard, try await stage.press(1, in: StageChat(5)))
        }
    }

    private func submit(
        _ scores: [String: Int32],
        _ token: String,
        key: String,
        _ stage: Stage
    ) async throws -> Receipt {
        let run = try stage.highscores.run(of: token) { key }
        let scores = try scores.sorted { $0.key < $1.key }.map { BoardScore($0, try #require(Score($1))) }
        return try await stage.highscores.submit(FinishedRun(run, scores: scores, isNamed: true))
    }

    /// How many runs were taken by what is remembered, and how many not although it was tried.
    private func taken(_ stage: Stage) -> [Int] {
        let statistics = stage.highscores.memory.statistics
        return [statistics.hits, statistics.failures]
    }

    @Test func `one run of several boards that betters nothing takes one round trip`() async throws {
        try await withBoards { stage, hard, token in
            _ = try await submit(["main": 10, "hard": 10], token, key: "a", stage)
            // By reading, then by what that told.
            for key in ["b", "c"] { _ = try await submit(["main": 5, "hard": 15], token, key: key, stage) }
            var before = taken(stage)
            let both = try await submit(["main": 6, "hard": 16], token, key: "d", stage)
            #expect(both.results.map(\.outcome) == [.notBetter, .notBetter])
            #expect(both.results.map(\.best) == [10, 10])
            #expect(taken(stage) == [before[0] + 1, before[1]])
            let alone = try await submit(["hard": 17], token, key: "e", stage)
            #expect(alone.board == "hard" && alone.outcome == .notBetter && alone.places.map(\.rank) == [1])
            #expect(taken(stage) == [before[0] + 2, before[1]])
            // What betters one of them is written, and known from then on.
            let better = try await submit(["main": 7, "hard": 8], token, key: "f", stage)
            #expect(better.results.map(\.outcome) == [.newBest, .notBetter])
            before = taken(stage)
            let worse = try await submit(["main": 7, "hard": 9], token, key: "g", stage)
            #expect(worse.results.map(\.best) == [8, 10])
            #expect(taken(stage) == [before[0] + 1, before[1]])
            let logged = try await stage.values(
                String.self,
                "SELECT score::text || ' ' || outcome::text FROM scores WHERE game_id = \(hard.id) ORDER BY seq"
            )
            #expect(logged == ["10 n", "15 b", "15 b", "16 b", "17 b", "8 n", "9 b"])
        }
    }

    @Test func `what changed about one of its boards keeps the whole run from being confirmed`() async throws
    {
        try await withBoards { stage, hard, token in
            for key in ["a", "b", "c"] {
                _ = try await submit(["main": 5, "hard": 5], token, key: key, stage)
            }
            let before = taken(stage)
            try await stage.sql("UPDATE games SET max_score = 7 WHERE game_id = \(hard.id)")
            let refused = try await submit(["main": 5, "hard": 8], token, key: "d", stage)
            #expect(refused.results.map(\.outcome) == [.refused, .notBetter])
            #expect(taken(stage) == [before[0], before[1] + 1])
        }
    }

    @Test func `a run of which a board has lost its row is a repetition all the same`() async throws {
        try await withBoards { stage, hard, token in
            for key in ["a", "b", "c"] {
                _ = try await submit(["main": 5, "hard": 5], token, key: key, stage)
            }
            let first = try await submit(["main": 4, "hard": 6], token, key: "d", stage)
            try await stage.sql("DELETE FROM scores WHERE game_id = \(hard.id)")
            for _ in 0..<2 {
                let again = try await submit(["main": 4, "hard": 6], token, key: "d", stage)
                #expect(again == first.replayed)
                await #expect(throws: Refusal.runAlreadyScored) {
                    try await submit(["main": 4], token, key: "d", stage)
                }
            }
            let rows = try await stage.values(
                Int.self,
                "SELECT count(*) FROM scores WHERE game_id = \(hard.id)"
            )
            #expect(rows == [0])
        }
    }
}
