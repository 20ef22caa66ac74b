import Leaderboards
import Simulator

/// Everything that measuring a running service takes.
struct Stage: Sendable {
    let plan: BenchPlan
    let service: BenchService
    /// Gives a body another instance on the same database.
    let another: @Sendable ((BenchService) async throws -> [BenchResult]) async throws -> [BenchResult]
    let telegram: Simulator
    let database: BenchDatabase
    let wrk: Wrk
    let pgbench: Pgbench
    let folder: ScratchFolder
    let people: BenchPeople
    let games: [BenchGame: Game]
    /// Tells the person who waits.
    let progress: @Sendable (String) -> Void

    /// How long load is made before it counts.
    var warmUp: Int { min(plan.seconds, 5) }

    func game(_ game: BenchGame) -> Game {
        guard let added = games[game] else { preconditionFailure("all games of the bench were added") }
        return added
    }

    /// Measures pairs and tells of each.
    func pairs(
        _ name: String,
        baseline: () async throws -> LoadRun,
        load: (_ pair: Int) async throws -> LoadRun
    ) async throws -> [LoadPair] {
        var number = 0
        return try await LoadPair.measure(plan.pairs, baseline: baseline, load: load) { pair in
            number += 1
            let ratio = (pair.load.rate / pair.baseline.rate * 1000).rounded() / 1000
            progress(
                "\(name), pair \(number) of \(plan.pairs): \(Int(pair.load.rate))/s against"
                    + " \(Int(pair.baseline.rate))/s, ratio \(ratio)"
            )
        }
    }

    /// Writes lines for a script of wrk to a file, whose path it returns.
    func lines(_ lines: [String], to name: String) throws -> String {
        try folder.write(lines.joined(separator: "\n") + "\n", to: name)
    }
}
