import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import TestSupport
import Testing

/// Where a score goes and what its player is told.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct SubmissionTests {
    private func place(
        _ rank: Int?,
        on board: BoardKind = .chatAll,
        was previous: Int? = nil,
        of entries: Int,
        next: (Int, Int64)? = nil
    ) -> Receipt.Place {
        Receipt.Place(
            board: board,
            rank: rank,
            previousRank: previous,
            entries: entries,
            next: next.map { .init(rank: $0.0, score: $0.1) }
        )
    }

    @Test func `people in one chat are on one board, the better first`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            #expect(try await stage.play(11, in: chat, score: 50).places == [place(1, of: 1)])
            #expect(try await stage.play(12, in: chat, score: 70).places == [place(1, of: 2)])
            #expect(try await stage.play(13, in: chat, score: 60).places == [place(2, of: 3, next: (1, 70))])
            let receipt = try await stage.play(11, in: chat, score: 65)
            #expect(receipt.outcome == .newBest)
            #expect(receipt.best == 65)
            #expect(receipt.previousBest == 50)
            #expect(receipt.places == [place(2, was: 3, of: 3, next: (1, 70))])

            let page = try await stage.leaderboard(stage.launchToken(12, in: chat))
            #expect(page.lines.map(\.playerID) == ["12", "11", "13"])
            #expect(page.lines.map(\.rank) == [1, 2, 3])
            #expect(page.lines.map(\.isViewer) == [true, false, false])
            #expect(page.total == 3)
        }
    }

    @Test func `a score that is not better changes nothing`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            _ = try await stage.play(11, in: chat, score: 50)
            let achieved = stage.clock.now
            stage.clock.advance(by: .seconds(5))
            for score: Int32 in [49, 50, 0] {
                let receipt = try await stage.play(11, in: chat, score: score)
                #expect(receipt.outcome == .notBetter)
                #expect(receipt.score == Int64(score))
                #expect(receipt.best == 50)
                #expect(receipt.previousBest == 50)
                #expect(receipt.places == [place(1, was: 1, of: 1)])
            }
            let page = try await stage.leaderboard(stage.launchToken(11, in: chat))
            #expect(page.lines.first?.achievedAt == achieved)
        }
    }

    @Test func `of equal scores the earlier is the better, then the smaller player id`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            _ = try await stage.play(13, in: chat, score: 50)
            _ = try await stage.play(12, in: chat, score: 50)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await stage.play(11, in: chat, score: 50).places == [place(3, of: 3, next: (2, 50))])
            let page = try await stage.leaderboard(stage.launchToken(11, in: chat))
            #expect(page.lines.map(\.playerID) == ["12", "13", "11"])
        }
    }

    @Test func `one person in two chats is on two boards and once on the game's`() async throws {
        try await Stage.with { stage in
            let all: [BoardKind] = [.globalAll]
            let first = stage.launchToken(11, in: StageChat(1))
            let second = stage.launchToken(11, in: StageChat(2))
            _ = try await stage.submit(50, with: first)
            let receipt = try await stage.submit(40, with: second, boards: all)
            #expect(receipt.outcome == .newBest)
            #expect(receipt.previousBest == nil)
            #expect(receipt.places == [place(1, of: 1), place(1, on: .globalAll, was: 1, of: 1)])
            #expect(try await stage.leaderboard(first).lines.map(\.score) == [50])
            #expect(try await stage.leaderboard(second).lines.map(\.score) == [40])
            #expect(try await stage.leaderboard(second, scope: .global).lines.map(\.score) == [50])
        }
    }

    @Test func `chat and inline messages of one chat share a board`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            _ = try await stage.play(11, in: chat, target: .inline("AAAA"), score: 50)
            _ = try await stage.play(12, in: chat, target: chat.message(7), score: 60)
            _ = try await stage.play(13, in: chat, target: .inline("BBBB"), score: 70)
            let page = try await stage.leaderboard(stage.launchToken(11, in: chat))
            #expect(page.lines.map(\.playerID) == ["13", "12", "11"])
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM chats") == 1)
        }
    }

    @Test func `a run without a chat counts on the game's board alone`() async throws {
        try await Stage.with { stage in
            let token = stage.launchToken(11, in: nil)
            let receipt = try await stage.submit(50, with: token)
            #expect(receipt.places == [place(1, on: .globalAll, of: 1)])
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM chats") == 0)
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM deliveries") == 0)
            #expect(try await stage.leaderboard(token).lines.isEmpty)
            await #expect(throws: Refusal.self) {
                try await stage.submit(50, with: token, boards: [.chatAll])
            }
        }
    }

    @Test func `both ends of int64 are chats of their own`() async throws {
        try await Stage.with { stage in
            for instance in [Int64.min, Int64.max] {
                let chat = StageChat(instance: "\(instance)", id: -5)
                let token = try await stage.press(11, in: chat, target: .inline("AAAA"))
                let run = try stage.highscores.startRun(launchToken: token)
                #expect(run.run.launch.chatInstance?.rawValue == instance)
                #expect(try await stage.submit(5, with: run.runToken).places == [place(1, of: 1)])
            }
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM chats") == 2)
        }
    }

    @Test(
        arguments: [
            (
                GameRules.Order.higher, GameRules.Keep.best,
                [(5, .newBest, 5), (7, .newBest, 7), (6, .notBetter, 7)]
            ),
            (.lower, .best, [(5, .newBest, 5), (7, .notBetter, 5), (4, .newBest, 4)]),
            (.higher, .latest, [(5, .newBest, 5), (7, .newBest, 7), (6, .updated, 6), (6, .updated, 6)]),
            (.higher, .sum, [(5, .newBest, 5), (7, .newBest, 12), (0, .updated, 12)]),
            (.lower, .sum, [(5, .newBest, 5), (7, .updated, 12)]),
        ] as [(GameRules.Order, GameRules.Keep, [(Int32, Receipt.Outcome, Int64)])]
    )
    func `a game keeps what its rules say`(
        order: GameRules.Order,
        keep: GameRules.Keep,
        steps: [(Int32, Receipt.Outcome, Int64)]
    ) async throws {
        try await Stage.with {
            $0.rules = GameRules(order: order, keep: keep, telegramScore: .off)
        } _: { stage in
            for (score, outcome, best) in steps {
                stage.clock.advance(by: .seconds(1))
                let receipt = try await stage.play(11, in: StageChat(1), score: score)
                #expect(receipt.outcome == outcome)
                #expect(receipt.best == best)
            }
        }
    }

    @Test func `a sum goes beyond 32 bits`() async throws {
        try await Stage.with {
            $0.rules = GameRules(keep: .sum)
        } _: { stage in
            _ = try await stage.play(11, in: StageChat(1), score: .max)
            let receipt = try await stage.play(11, in: StageChat(1), score: .max)
            #expect(receipt.best == 2 * Int64(Int32.max))
            #expect(try await stage.value(Int32.self, "SELECT desired_score FROM deliveries") == .max)
        }
    }

    @Test func `what the page sends along is kept as sent`() async throws {
        try await Stage.with { stage in
            let metadata = #"{"a":"\u0000", "b" : 1.50e2, "a":"Zoë"}"#
            _ = try await stage.submit(5, with: stage.launchToken(1, in: StageChat(1)), metadata: metadata)
            _ = try await stage.submit(5, with: stage.launchToken(2, in: StageChat(1)))
            #expect(
                try await stage.value(String.self, "SELECT metadata::text FROM scores WHERE player_id = 1")
                    == metadata
            )
            #expect(
                try await stage.value(String?.self, "SELECT metadata::text FROM scores WHERE player_id = 2")
                    == .some(nil)
            )
        }
    }
}
