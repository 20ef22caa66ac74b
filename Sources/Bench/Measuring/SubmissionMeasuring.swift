import Leaderboards
import Postgres
import Storage

/// How many scores a second are taken, and how long one waits.
struct SubmissionMeasuring {
    let stage: Stage

    private static let connections = 64
    private static let path = "/v1/scores"
    private static let yardstick = "pgbench upsert"
    /// Scores of ten digits that can rise a long way within 31 bits.
    private static let firstRising = 1_000_000_000
    private static let risingStep = 10_000_000

    func measure() async throws -> [Figure] {
        let steady = try await steady()
        return [steady, try await rising(), try await halfway(to: steady.value)]
    }

    private func steady() async throws -> Figure {
        let file = try tokens(of: stage.games.steady, "steady")
        try await settle(file)
        let before = try await outcomes(of: stage.games.steady)
        let pairs = try await stage.pairs("submissions, steady", yardstick: yardstick) { pair in
            try await load(.steady, [file, Self.path, "\(pair + 2)"], stage.plan.seconds)
        }
        return Figure(
            "submissions, steady",
            pairs,
            against: Self.yardstick,
            goals: [.ratioAtLeast(1.3)],
            note: try await improvement(of: stage.games.steady, since: before)
        )
    }

    /// Plays until at most one submission in twenty improves; a slow machine is not waited for without end.
    private func settle(_ file: String) async throws {
        var before = try await outcomes(of: stage.games.steady)
        for round in 1...8 {
            stage.progress("submissions, steady: warming up until few scores improve, \(round)")
            _ = try await load(.steady, [file, Self.path, "\(1000 + round)"], stage.warmUp)
            let after = try await outcomes(of: stage.games.steady)
            if (after.better - before.better) * 20 <= after.all - before.all { return }
            before = after
        }
    }

    private func rising() async throws -> Figure {
        let file = try tokens(of: stage.games.rising, "rising")
        stage.progress("submissions, rising: warming up")
        _ = try await load(.rising, [file, Self.path, "\(Self.firstRising)"], stage.warmUp)
        let before = try await outcomes(of: stage.games.rising)
        let pairs = try await stage.pairs("submissions, rising", yardstick: yardstick) { pair in
            let first = Self.firstRising + (pair + 1) * Self.risingStep
            return try await load(.rising, [file, Self.path, "\(first)"], stage.plan.seconds)
        }
        return Figure(
            "submissions, rising",
            pairs,
            against: Self.yardstick,
            goals: [.ratioAtLeast(0.4)],
            note: try await improvement(of: stage.games.rising, since: before)
        )
    }

    /// The time that a submission takes at half the rate that was the most.
    private func halfway(to most: Double) async throws -> Figure {
        let file = try tokens(of: stage.games.steady, "steady")
        let target = most / 2
        // Milliseconds from one request of a connection to its next; what an answer takes is part of them.
        let cycle = 1000 * Double(Self.connections) / target
        var pause = cycle / 2
        var stretches: [Stretch] = []
        stage.progress("submissions at half the rate: finding the pace")
        for round in 0..<(stage.plan.pairs + 3) {
            let stretch = try await load(
                .paced,
                [file, Self.path, "\(round + 100)", "\(pause)"],
                round < 3 ? max(stage.plan.seconds / 3, 1) : stage.plan.seconds
            )
            if round < 3 {
                pause = max(pause + cycle - 1000 * Double(Self.connections) / stretch.rate, 0)
            } else {
                stretches.append(stretch)
                stage.progress(
                    "submissions at half the rate, \(round - 2) of \(stage.plan.pairs): \(Int(stretch.rate))/s,"
                        + " p99 \(stretch.p99) ms"
                )
            }
        }
        let p99 = Statistics.median(stretches.map(\.p99))
        let rate = Statistics.median(stretches.map(\.rate))
        var figure = Figure(
            "submission at half the rate, p99",
            p99,
            unit: "ms",
            goals: [.valueAtMost(25)],
            note: "at \(Int(rate))/s, \(Int((100 * rate / most).rounded())) % of the most"
        )
        figure.p50 = Statistics.median(stretches.map(\.p50))
        figure.p99 = p99
        return figure
    }

    private func yardstick() async throws -> Stretch {
        try await stage.pgbench.load(BenchTables.upsert, seconds: stage.plan.seconds)
    }

    private func load(_ script: WrkScript, _ arguments: [String], _ seconds: Int) async throws -> Stretch {
        try await stage.wrk.load(script, arguments, connections: Self.connections, seconds: seconds)
    }

    private func tokens(of game: GameID, _ name: String) throws -> String {
        let tokens = stage.crowd.launches(of: game, message: BenchGames.message(of: name))
        return try stage.lines(tokens, to: "\(name).tokens")
    }

    private func outcomes(of game: GameID) async throws -> (all: Int, better: Int) {
        try await stage.database.pool.withSession { session throws(PostgresError) in
            try BenchTables.outcomes(session, of: game)
        }
    }

    /// Says which part of the submissions improved, from the log.
    private func improvement(of game: GameID, since before: (all: Int, better: Int)) async throws -> String {
        let after = try await outcomes(of: game)
        let all = after.all - before.all
        let better = after.better - before.better
        let percent = (1000 * Double(better) / Double(max(all, 1))).rounded() / 10
        return "\(percent) % of \(all) improved an entry of all time; chat and global, all windows"
    }
}
