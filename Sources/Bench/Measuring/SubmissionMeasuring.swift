import Leaderboards
import Postgres
import Storage

private let baseline = "pgbench upsert"
/// Scores of ten digits that can rise a long way within 31 bits.
private let firstRising = 1_000_000_000
private let risingStep = 10_000_000

extension Stage {
    /// How many clients submit at once.
    var connections: Int { 64 }
    /// Where they submit.
    var path: String { "/v1/scores" }

    /// How many scores a second are taken, and how long one waits.
    func measureSubmissions() async throws -> [BenchResult] {
        let steady = try await steady()
        return [steady, try await rising(), try await halfway(to: steady.value)]
    }

    /// How many scores a second two instances on one database take together, beside one alone.
    func measureInstances() async throws -> [BenchResult] {
        try await another { other in
            let file = try tokens(of: .steady)
            let twin = Wrk(program: wrk.program, folder: wrk.folder, port: other.port)
            func load(_ wrk: Wrk, _ connections: Int, _ seed: Int, _ seconds: Int) async throws -> LoadRun {
                let arguments = [file, path, "\(seed)"]
                return try await wrk.load(.steady, arguments, connections: connections, seconds: seconds)
            }
            func both(_ seed: Int, _ seconds: Int) async throws -> LoadRun {
                async let half = load(twin, connections / 2, seed, seconds)
                return try await load(wrk, connections / 2, seed + 1, seconds).joined(with: half)
            }
            try await settle(file)
            _ = try await both(2000, warmUp)
            let pairs = try await pairs("submissions, two instances") {
                try await load(wrk, connections, 3000, plan.seconds)
            } load: { pair in
                try await both(4000 + 2 * pair, plan.seconds)
            }
            return [
                BenchResult(
                    "submissions, two instances",
                    pairs,
                    against: "one instance",
                    goals: [.ratioAtLeast(0.9)],
                    note: "steady, 32 connections to each, together"
                )
            ]
        }
    }

    private func steady() async throws -> BenchResult {
        let file = try tokens(of: .steady)
        try await settle(file)
        let before = try await outcomes(of: .steady)
        let pairs = try await pairs("submissions, steady", baseline: upserts) { pair in
            try await load(.steady, [file, path, "\(pair + 2)"], plan.seconds)
        }
        return BenchResult(
            "submissions, steady",
            pairs,
            against: baseline,
            goals: [.ratioAtLeast(1.2)],
            note: try await improvement(of: .steady, since: before)
        )
    }

    /// Plays until at most one submission in twenty improves; a slow machine is not waited for without end.
    ///
    /// - Parameters:
    ///   - script: How it is played.
    ///   - more: What the script takes beyond tokens, path and seed.
    func settle(
        _ file: String,
        of game: BenchGame = .steady,
        _ script: LoadScript = .steady,
        _ more: String...
    ) async throws {
        var before = try await outcomes(of: game)
        for round in 1...8 {
            progress("submissions, \(game.rawValue): warming up until few scores improve, \(round)")
            _ = try await load(script, [file, path, "\(1000 + round)"] + more, warmUp)
            let after = try await outcomes(of: game)
            if (after.better - before.better) * 20 <= after.all - before.all { return }
            before = after
        }
    }

    private func rising() async throws -> BenchResult {
        let file = try tokens(of: .rising)
        progress("submissions, rising: warming up")
        _ = try await load(.rising, [file, path, "\(firstRising)"], warmUp)
        let before = try await outcomes(of: .rising)
        let pairs = try await pairs("submissions, rising", baseline: upserts) { pair in
            let first = firstRising + (pair + 1) * risingStep
            return try await load(.rising, [file, path, "\(first)"], plan.seconds)
        }
        return BenchResult(
            "submissions, rising",
            pairs,
            against: baseline,
            goals: [.ratioAtLeast(0.3)],
            note: try await improvement(of: .rising, since: before)
        )
    }

    /// The time that a submission takes at half the rate that was the most.
    private func halfway(to most: Double) async throws -> BenchResult {
        let file = try tokens(of: .steady)
        let target = most / 2
        // Milliseconds from one request of a connection to its next; what an answer takes is part of them.
        let cycle = 1000 * Double(connections) / target
        var pause = cycle / 2
        var runs: [LoadRun] = []
        progress("submissions at half the rate: finding the pace")
        for round in 0..<(plan.pairs + 3) {
            let run = try await load(
                .paced,
                [file, path, "\(round + 100)", "\(pause)"],
                round < 3 ? max(plan.seconds / 3, 1) : plan.seconds
            )
            if round < 3 {
                pause = max(pause + cycle - 1000 * Double(connections) / run.rate, 0)
            } else {
                runs.append(run)
                progress(
                    "submissions at half the rate, \(round - 2) of \(plan.pairs): \(Int(run.rate))/s,"
                        + " p99 \(run.p99) ms"
                )
            }
        }
        let p99 = runs.map(\.p99).median
        let rate = runs.map(\.rate).median
        var result = BenchResult(
            "submission at half the rate, p99",
            p99,
            unit: "ms",
            goals: [.valueAtMost(15)],
            note: "at \(Int(rate))/s, \(Int((100 * rate / most).rounded())) % of the most"
        )
        result.p50 = runs.map(\.p50).median
        result.p99 = p99
        return result
    }

    private func upserts() async throws -> LoadRun {
        try await pgbench.load(.upsert, seconds: plan.seconds)
    }

    func load(_ script: LoadScript, _ arguments: [String], _ seconds: Int) async throws -> LoadRun {
        try await wrk.load(script, arguments, connections: connections, seconds: seconds)
    }

    func tokens(of game: BenchGame) throws -> String {
        try lines(people.launches(of: self.game(game), message: game.message), to: "\(game.rawValue).tokens")
    }

    private func outcomes(of game: BenchGame) async throws -> (all: Int, better: Int) {
        let id = self.game(game).id
        return try await database.pool.withSession { session throws(PostgresError) in
            try BenchTables(session).outcomes(of: id)
        }
    }

    /// Says which part of the submissions improved, from the log.
    private func improvement(
        of game: BenchGame,
        since before: (all: Int, better: Int)
    ) async throws -> String {
        let after = try await outcomes(of: game)
        let all = after.all - before.all
        let better = after.better - before.better
        let percent = (1000 * Double(better) / Double(max(all, 1))).rounded() / 10
        return "\(percent) % of \(all) improved an entry of all time; chat and global, all windows"
    }
}
