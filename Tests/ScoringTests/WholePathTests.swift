import Leaderboards
import Outbox
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// A press becomes a URL, a score becomes a rank, and the rank reaches Telegram.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct WholePathTests {
    @Test func `a press leads to a run, a score, a place and a delivery`() async throws {
        try await Stage.with { stage in
            let chat = StageChat(1)
            let launch = try await stage.press(5_000_000_001, in: chat)
            let run = try stage.highscores.startRun(launchToken: launch)
            #expect(run.playerName == "Player 5000000001")
            #expect(run.game.name == "arcade_bot/tetris")

            let receipt = try await stage.submit(1234, with: run.runToken)
            let place = Receipt.Place(board: .chatAll, rank: 1, previousRank: nil, entries: 1, next: nil)
            #expect(receipt.outcome == .newBest)
            #expect(receipt.run == run.run.id)
            #expect(receipt.best == 1234)
            #expect(receipt.previousBest == nil)
            #expect(receipt.places == [place])
            #expect(!receipt.isReplay)

            let page = try await stage.leaderboard(launch)
            let line = try #require(page.lines.first)
            #expect(page.lines.count == 1)
            #expect(line.rank == 1)
            #expect(line.playerID == "5000000001")
            #expect(line.name == "Player 5000000001")
            #expect(line.username == "player5000000001")
            #expect(line.score == 1234)
            #expect(line.achievedAt == stage.clock.now)
            #expect(line.isViewer)
            #expect(page.me == .entry(.init(rank: 1, score: 1234, percentile: 100)))

            let claim = try await Lead().claim(stage)
            let delivery = try #require(claim.claims.first)
            #expect(claim.claims.count == 1)
            #expect(delivery.call.value == 1234)
            #expect(delivery.target.target == chat.message())
            #expect(delivery.call.step == .score)
            let settlement = try await stage.deliveries.settle(delivery, .delivered)
            #expect(settlement?.next == .done)
            #expect(try await stage.deliveryCounts() == ["done": 1])
        }
    }
}
