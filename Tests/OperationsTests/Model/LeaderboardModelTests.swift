import Foundation
import Leaderboards
import Operations
import Scoring
import ScoringSupport
import TestSupport
import Testing

/// Whatever happens, on however many instances: every answer is the one that follows from all runs.
///
/// `HIGHSCORES_MODEL_SEEDS` sets how many random plays of each kind there are.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct LeaderboardModelTests {
    /// Each play begins shortly before the clocks of its zone change or, in Samoa, before a date that did not exist.
    private static let setups: [ModelPlay.Setup] = [
        .init(order: .higher, keep: .best, zone: "Europe/Berlin", start: "2026-03-28T17:00:00Z"),
        .init(order: .lower, keep: .best, zone: "Pacific/Apia", start: "2011-12-29T20:00:00Z"),
        .init(order: .higher, keep: .latest, zone: "America/St_Johns", start: "2011-11-05T20:00:00Z"),
        .init(order: .lower, keep: .latest, zone: "Europe/Berlin", start: "2026-10-24T12:00:00Z"),
        .init(order: .higher, keep: .sum, zone: "Pacific/Apia", start: "2011-12-30T02:00:00Z"),
        .init(order: .lower, keep: .sum, zone: "America/St_Johns", start: "2011-03-12T18:00:00Z"),
    ]

    /// Leaderboards of so many players that their ranks are counted in buckets.
    private static let crowds: [ModelPlay.Setup] = [
        .init(
            order: .higher,
            keep: .best,
            zone: "America/St_Johns",
            start: "2011-11-05T20:00:00Z",
            players: 700,
            scores: 5,
            steps: 20,
            population: 1500
        ),
        .init(
            order: .lower,
            keep: .latest,
            zone: "Europe/Berlin",
            start: "2026-03-28T17:00:00Z",
            players: 700,
            scores: 300,
            steps: 20,
            population: 1500
        ),
    ]

    /// Few people with few scores, of whom most soon better nothing, on instances that remember much, little and nothing.
    private static let steadies: [ModelPlay.Setup] = [
        [64_000_000, 64_000_000, 64_000_000], [64_000_000, 6_000, 0],
    ]
    .map { memory in
        .init(
            order: .higher,
            keep: .best,
            zone: "Europe/Berlin",
            start: "2026-03-28T17:00:00Z",
            players: 4,
            scores: 4,
            steps: 300,
            memory: memory,
            isSteady: true
        )
    }

    private static let seeds: [UInt64] = {
        let text = ProcessInfo.processInfo.environment["HIGHSCORES_MODEL_SEEDS"] ?? ""
        return Array(1...max(1, UInt64(text) ?? 1))
    }()

    @Test(arguments: setups + crowds + steadies, seeds)
    func `every answer is the one that follows from all runs`(setup: ModelPlay.Setup, seed: UInt64)
        async throws
    {
        let start = try #require(Instant(rfc3339: setup.start))
        var seasons: [Instant] = []
        for hours in [Int64(-200), 5, 30] { seasons.append(start + .milliseconds(hours * 3_600_000 + 1)) }
        let rules = GameRules(
            order: setup.order,
            keep: setup.keep,
            zone: setup.zone,
            seasons: seasons,
            telegramScore: setup.order == .lower ? .off : .same,
            bounds: ScoreBounds(
                minimum: ModelPlay.minimumScore,
                maximum: ModelPlay.maximumScore,
                outcomes: [.minimumScore: .hold]
            )
        )
        try await Ensemble.with(rules, at: start, memory: setup.memory) { ensemble in
            var play = ModelPlay(setup, seed: seed, rules: rules, on: ensemble)
            try await play.run()
            if setup.isSteady {
                let statistics = ensemble.stage.instances.map(\.memory.statistics)
                // Whose turn it is to take a run is chance: only where all remember much do some surely go by it.
                if setup.memory.allSatisfy({ $0 > 1_000_000 }) {
                    #expect(statistics.contains { $0.hits > 0 }, "\(statistics)")
                    #expect(statistics.contains { $0.failures > 0 }, "\(statistics)")
                }
                #expect(zip(statistics, setup.memory).allSatisfy { $0.bytes <= $1 })
            }
        }
    }
}
