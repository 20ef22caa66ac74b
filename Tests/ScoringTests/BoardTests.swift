import Leaderboards
import Operations
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Boards that are declared beside a game's own.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct BoardTests {
    private func withBoards(
        _ body: @Sendable (Stage, _ hard: Game, _ daily: Game) async throws -> Void
    ) async throws {
        try await Stage.with { stage in
            var (hardest, challenge) = (GameChanges(), GameChanges())
            hardest.set(\.rules.order, to: .lower)
            challenge.set(\.rules.windows, to: [.all, .day])
            challenge.set(\.rules.attempts, to: .some(GameRules.AttemptLimit(count: 2, window: .day)))
            challenge.set(\.rules.seedWindow, to: .some(.day))
            let hard = try await stage.declare("hard", hardest)
            let daily = try await stage.declare("daily", challenge)
            try await body(stage, hard, daily)
        }
    }

    private func submit(
        _ scores: [(String, Int32)],
        _ token: String,
        key: String? = nil,
        asked: [String] = [],
        _ stage: Stage
    ) async throws -> Receipt {
        let run = try stage.highscores.run(of: token) { key }
        let scores = try scores.map { BoardScore($0.0, try #require(Score($0.1))) }
        return try await stage.highscores.submit(
            FinishedRun(run, scores: scores, isNamed: true, asked: asked.compactMap { AskedBoard($0) })
        )
    }

    @Test func `a run feeds several boards, each by its own order`() async throws {
        try await withBoards { stage, hard, _ in
            for (player, main, hard) in [(Int64(1), Int32(10), Int32(50)), (2, 20, 60)] {
                let token = try await stage.press(player, in: StageChat(5))
                _ = try await submit([("main", main), ("hard", hard)], token, key: "a", stage)
            }
            let token = try await stage.press(3, in: StageChat(5))
            let receipt = try await submit(
                [("hard", 55), ("main", 15)],
                token,
                key: "b",
                asked: ["main:global/all", "chat/week"],
                stage
            )
            #expect(receipt.board == "hard" && receipt.best == 55 && receipt.outcome == .newBest)
            #expect(receipt.places.map(\.boardName) == ["hard", "main", "hard"])
            #expect(receipt.places.map(\.rank) == [2, 2, 2])
            #expect(receipt.results.map(\.board) == ["hard", "main"])
            #expect(receipt.results.map(\.best) == [55, 15])
            // The same again is the same answer; anything else is another score of the run.
            let again = try await submit([("hard", 55), ("main", 15)], token, key: "b", stage)
            #expect(again == receipt.replayed)
            for other in [
                [("hard", Int32(55))], [("main", 15), ("hard", 55)], [("hard", 55), ("main", 16)],
            ] {
                await #expect(throws: Refusal.runAlreadyScored) {
                    try await submit(other, token, key: "b", stage)
                }
            }
            let page = try await stage.highscores.leaderboard(
                LeaderboardRequest(viewer: .player(token: token), board: "hard")
            )
            #expect(page.lines.map(\.score) == [50, 55, 60])
            #expect(page.game.id == hard.id && page.order == .lower)
        }
    }

    @Test func `a run that feeds declared boards only is one run all the same`() async throws {
        try await withBoards { stage, _, _ in
            let token = try await stage.press(1, in: StageChat(5))
            let first = try await submit([("hard", 5)], token, key: "a", stage)
            #expect(try await submit([("hard", 5)], token, key: "a", stage) == first.replayed)
            await #expect(throws: Refusal.runAlreadyScored) {
                try await submit([("main", 5)], token, key: "a", stage)
            }
            let main = try await stage.highscores.leaderboard(
                LeaderboardRequest(viewer: .player(token: token))
            )
            #expect(main.total == 0)
        }
    }

    @Test func `a run that comes twice at once is answered in the words of each`() async throws {
        try await withBoards { stage, _, _ in
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(1, in: StageChat(5))).run
            let score = try #require(Score(5))
            let named = FinishedRun(run, scores: [BoardScore("main", score)], isNamed: true)
            let writer = SubmissionWriter(pool: stage.pool, clock: { stage.clock.now }, RunBatch.write)
            let answers = try await writer.write(stage.game, [FinishedRun(run, score: score), named])
            let receipts = try answers.map { try #require(try $0.get()) }
            #expect(receipts.map(\.isNamed) == [false, true] && receipts.map(\.isReplay) == [false, true])
        }
    }

    @Test func `a board that is not there takes nothing of the run`() async throws {
        try await withBoards { stage, hard, _ in
            let token = try await stage.press(1, in: StageChat(5))
            for name in ["none", "Main", "a b", ""] {
                await #expect(throws: Refusal.boardUnknown(name)) {
                    try await submit([("main", 5), (name, 6)], token, key: "a", stage)
                }
            }
            // This instance has not heard of the removal; the transaction has.
            try await stage.sql("UPDATE games SET is_removed = true WHERE game_id = \(hard.id)")
            await #expect(throws: Refusal.boardUnknown("hard")) {
                try await submit([("main", 5), ("hard", 6)], token, key: "a", stage)
            }
            let receipt = try await submit([("main", 5)], token, key: "a", stage)
            #expect(receipt.outcome == .newBest && !receipt.isReplay)
        }
    }

    @Test func `a run that was started for a board feeds that one alone, the game's own too`() async throws {
        try await withBoards { stage, _, _ in
            let token = try await stage.press(1, in: StageChat(5))
            for (name, other) in [("main", "hard"), ("hard", "main")] {
                let run = try await stage.highscores.startRun(launchToken: token, board: name, key: nil)
                #expect(run.run.board == name)
                for scores in [[(other, 5)], [(name, 5), (other, 6)]] as [[(String, Int32)]] {
                    await #expect(throws: Refusal.boardUnknown(other)) {
                        try await submit(scores, run.runToken, stage)
                    }
                }
                let receipt = try await stage.submit(5, with: run.runToken)
                #expect(receipt.board == name && receipt.outcome == .newBest)
            }
        }
    }

    @Test func `where a board adds scores up, each needs a name`() async throws {
        try await withBoards { stage, _, _ in
            var sum = GameChanges()
            sum.set(\.rules.keep, to: .sum)
            _ = try await stage.declare("laps", sum)
            let token = try await stage.press(1, in: StageChat(5))
            await #expect(throws: Refusal.idempotencyKeyRequired) {
                try await submit([("main", 5), ("laps", 5)], token, stage)
            }
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 0)
            for key in ["a", "a", "b"] {
                _ = try await submit([("main", 5), ("laps", 5)], token, key: key, stage)
            }
            let page = try await stage.highscores.leaderboard(
                LeaderboardRequest(viewer: .player(token: token), board: "laps")
            )
            #expect(page.lines.map(\.score) == [10])
            // A run that was started has a name, and a board that keeps the best needs none.
            let run = try stage.highscores.startRun(launchToken: token)
            _ = try await submit([("laps", 5)], run.runToken, stage)
            _ = try await submit([("main", 5), ("hard", 5)], token, stage)
        }
    }

    @Test func `answers tell of leaderboards of the boards that the run feeds alone`() async throws {
        try await withBoards { stage, _, _ in
            let token = try await stage.press(1, in: StageChat(5))
            for name in ["none", "Main", "a b"] {
                await #expect(throws: Refusal.boardUnknown(name)) {
                    try await submit([("main", 5)], token, key: "a", asked: ["\(name):chat/all"], stage)
                }
            }
            for asked in ["hard:chat/all", "daily:chat/all"] {
                let refusal = await #expect(throws: Refusal.self) {
                    try await submit([("main", 5)], token, key: "a", asked: [asked], stage)
                }
                guard case .unknownParameterValue = refusal else {
                    Issue.record("\(asked) was refused by \(refusal as Any)")
                    continue
                }
            }
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 0)
        }
    }

    @Test func `attempts are used when runs start, and seeds are those of the window`() async throws {
        try await withBoards { stage, _, daily in
            let token = try await stage.press(1, in: StageChat(5))
            await #expect(throws: Refusal.runRequired) {
                try await submit([("daily", 5)], token, key: "a", stage)
            }
            let first = try await stage.highscores.startRun(launchToken: token, board: "daily", key: "one")
            let again = try await stage.highscores.startRun(launchToken: token, board: "daily", key: "one")
            #expect(first.run == again.run && first.seed == again.seed)
            #expect(first.attempt?.number == 1 && again.attempt?.number == 1)
            let second = try await stage.highscores.startRun(launchToken: token, board: "daily", key: nil)
            #expect(second.attempt?.number == 2 && second.seed == first.seed)
            #expect(first.seed?.count == 16)
            await #expect(throws: Refusal.attemptsUsed(endsAt: first.attempt?.endsAt)) {
                try await stage.highscores.startRun(launchToken: token, board: "daily", key: nil)
            }
            let receipt = try await submit([("daily", 7)], first.runToken, stage)
            #expect(receipt.board == "daily")
            await #expect(throws: Refusal.boardUnknown("main")) {
                try await submit([("main", 7)], second.runToken, stage)
            }
            let other = try await stage.press(2, in: StageChat(6))
            let theirs = try await stage.highscores.startRun(launchToken: other, board: "daily", key: "one")
            #expect(theirs.attempt?.number == 1 && theirs.seed == first.seed)
        }
    }

    @Test func `windows that are not in use are not written and not read`() async throws {
        try await withBoards { stage, _, daily in
            let token = try await stage.press(1, in: StageChat(5))
            let run = try await stage.highscores.startRun(launchToken: token, board: "daily", key: nil)
            _ = try await submit([("daily", 7)], run.runToken, stage)
            let kinds = try await stage.values(
                String.self,
                "SELECT DISTINCT window_kind FROM boards WHERE game_id = \(daily.id) ORDER BY 1"
            )
            #expect(kinds == ["all", "day"])
            await #expect(throws: Refusal.noSuchWindow("the board has no leaderboards of the window 'week'"))
            {
                try await stage.highscores.leaderboard(
                    LeaderboardRequest(viewer: .player(token: token), board: "daily", window: .week)
                )
            }
        }
    }

    @Test func `a player's history has an element for each run and board, page by page`() async throws {
        try await withBoards { stage, _, _ in
            let token = try await stage.press(1, in: StageChat(5))
            _ = try await submit([("main", 1)], token, key: "a", stage)
            _ = try await submit([("hard", 2), ("main", 3)], token, key: "b", stage)
            _ = try await submit([("hard", 4)], token, key: "c", stage)
            let whole = ["hard 4", "main 3", "hard 2", "main 1"]
            for limit in 1...5 {
                var (found, cursor) = ([String](), String?.none)
                repeat {
                    let page = try await stage.highscores.history(
                        token: token,
                        board: nil,
                        limit: limit,
                        cursor: cursor
                    )
                    #expect(page.items.count <= limit)
                    found += page.items.map { "\($0.board) \($0.score.value)" }
                    cursor = page.next
                } while cursor != nil
                #expect(found == whole)
            }
            let hard = try await stage.highscores.history(token: token, board: "hard", limit: 10, cursor: nil)
            #expect(hard.items.map(\.score.value) == [4, 2])
            let main = try await stage.highscores.history(token: token, board: "main", limit: 10, cursor: nil)
            #expect(main.items.map(\.score.value) == [3, 1])
        }
    }

    @Test func `a history is its player's alone, and shows no board that was taken away`() async throws {
        try await withBoards { stage, hard, _ in
            let token = try await stage.press(1, in: StageChat(5))
            for number in 1...20 {
                _ = try await submit([("hard", Int32(number))], token, key: "\(number)", stage)
            }
            _ = try await submit([("main", 7), ("hard", 8)], token, key: "both", stage)
            func page(_ token: String, board: String? = nil, _ cursor: String? = nil) async throws
                -> HistoryPage
            {
                try await stage.highscores.history(token: token, board: board, limit: 1, cursor: cursor)
            }
            let next = try #require(try await page(token).next)
            let other = try await stage.press(2, in: StageChat(5))
            #expect(try await page(other).items.isEmpty)
            for (bearer, board, cursor) in [
                (other, nil, next), (token, "hard", next), (token, "main", next),
                (token, nil, String(next.dropLast())),
                (token, nil, "x"), (token, nil, ""), (token, nil, token),
            ] as [(String, String?, String)] {
                await #expect(
                    throws: Refusal.unknownParameterValue(
                        "cursor: takes 'next' of a page of the same history"
                    )
                ) { try await page(bearer, board: board, cursor) }
            }

            func shown() async throws -> [String] {
                var (found, cursor) = ([String](), String?.none)
                repeat {
                    let page = try await page(token, cursor)
                    found += page.items.map { "\($0.board) \($0.score.value)" }
                    cursor = page.next
                } while cursor != nil
                return found
            }
            _ = try await submit([("main", 1)], token, key: "last", stage)
            #expect(try await shown().count == 23)
            try await stage.sql("UPDATE games SET is_removed = true WHERE game_id = \(hard.id)")
            #expect(try await shown() == ["main 1", "main 7"])
            try await stage.sql("UPDATE games SET is_removed = false WHERE game_id = \(hard.id)")
            #expect(try await shown().count == 23)
        }
    }
}
