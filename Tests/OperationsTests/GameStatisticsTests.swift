import Leaderboards
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

@testable import Operations

/// What is counted of how a game is played is what was played.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct GameStatisticsTests {
    @Test func `scores, people, days, hours and rules are counted`() async throws {
        try await Stage.with { stage in
            var changes = GameChanges()
            changes.set(\.rules.bounds.maximum, to: 90)
            changes.set(\.rules.bounds.isShadow, to: true)
            changes.set(\.rules.zone, to: "Asia/Tokyo")
            _ = try await stage.administration.setGame(stage.currentGame(), changes)
            let start = stage.clock.now
            let scores: [Int32] = (1...100).map { $0 }
            for score in scores {
                _ = try await stage.play(Int64(score % 7 + 1), in: StageChat(1), score: score)
            }

            let game = try await stage.currentGame()
            let found = try await stage.administration.statistics(of: game, since: start - .seconds(60))
            #expect(found.runs == 100 && found.players == 7)
            let quantiles = Dictionary(uniqueKeysWithValues: found.quantiles.map { ($0.share, $0.score) })
            #expect(
                quantiles[0.5] == 50 && quantiles[0.9] == 90 && quantiles[0.99] == 99 && quantiles[1] == 100
            )
            for step in found.histogram {
                #expect(step.runs == scores.count { (step.from...step.to).contains(Int64($0)) }, "\(step)")
            }
            #expect(found.histogram.first?.from == 1 && found.histogram.last?.to == 100)
            #expect(zip(found.histogram, found.histogram.dropFirst()).allSatisfy { $0.to + 1 == $1.from })
            #expect(found.days.map(\.runs).reduce(0, +) == 100 && found.hours.reduce(0, +) == 100)
            let calendar = try game.rules.calendar()
            #expect(found.days.first?.date == calendar.interval(.day, containing: start)?.label)
            #expect(found.rules.map(\.code) == ["above_max_score"])
            #expect(found.rules.first.map { $0.isShadow && $0.outcome == "refuse" && $0.runs == 10 } == true)

            let later = try await stage.administration.statistics(
                of: game,
                since: stage.clock.now + .seconds(60)
            )
            #expect(
                later.runs == 0 && later.quantiles.isEmpty && later.histogram.isEmpty && later.days.isEmpty
            )
        }
    }

    @Test func `a single score is a distribution, too`() async throws {
        try await Stage.with { stage in
            let start = stage.clock.now
            _ = try await stage.play(1, in: StageChat(1), score: 2_147_483_647)
            let game = try await stage.currentGame()
            let found = try await stage.administration.statistics(of: game, since: start - .seconds(60))
            #expect(found.histogram.map(\.runs) == [1] && found.histogram[0].from == 2_147_483_647)
            #expect(found.quantiles.allSatisfy { $0.score == 2_147_483_647 })
        }
    }

    @Test func `a few high scores are a step of their own, and who is banned is not counted`() async throws {
        try await Stage.with { stage in
            let start = stage.clock.now
            for score in Int32(1)...100 { _ = try await stage.play(1, in: StageChat(1), score: score) }
            _ = try await stage.play(9, in: StageChat(1), score: 1_000_000)
            let game = try await stage.currentGame()
            func found() async throws -> GameStatistics {
                try await stage.administration.statistics(of: game, since: start - .seconds(60))
            }
            let skewed = try await found()
            #expect(skewed.histogram.last.map { [$0.from, $0.to, Int64($0.runs)] } == [101, 1_000_000, 1])
            #expect(skewed.histogram.count == 20 && skewed.histogram.first?.from == 1)
            #expect(skewed.histogram.dropLast().allSatisfy { $0.runs == Int($0.to - $0.from) + 1 })
            #expect(zip(skewed.histogram, skewed.histogram.dropFirst()).allSatisfy { $0.to + 1 == $1.from })
            _ = try await stage.administration.ban(PlayerID(rawValue: 9), from: .game(game))
            let fair = try await found()
            #expect(fair.runs == 100 && fair.players == 1 && fair.histogram.last?.to == 100)
        }
    }
}
