import Leaderboards

/// Everything that the figures with a running service need.
struct Stage: Sendable {
    let plan: BenchPlan
    let service: BenchService
    let database: BenchDatabase
    let wrk: Wrk
    let pgbench: Pgbench
    let folder: ScratchFolder
    let crowd: Crowd
    let games: BenchGames
    /// Tells the person who waits.
    let progress: @Sendable (String) -> Void

    /// How long load is made before it counts.
    var warmUp: Int { min(plan.seconds, 5) }

    /// Measures pairs and tells of each.
    ///
    /// - Parameters:
    ///   - yardstick: Makes one stretch of the yardstick.
    ///   - load: Makes one stretch of the load.
    /// - Throws: What the two throw.
    func pairs(
        _ name: String,
        yardstick: () async throws -> Stretch,
        load: (_ pair: Int) async throws -> Stretch
    ) async throws -> [LoadPair] {
        var number = 0
        return try await LoadPair.measure(plan.pairs, yardstick: yardstick, load: load) { pair in
            number += 1
            let ratio = (pair.load.rate / pair.yardstick.rate * 1000).rounded() / 1000
            progress(
                "\(name), pair \(number) of \(plan.pairs): \(Int(pair.load.rate))/s against"
                    + " \(Int(pair.yardstick.rate))/s, ratio \(ratio)"
            )
        }
    }

    /// Writes lines for a script of wrk.
    ///
    /// - Returns: The path of the file.
    func lines(_ lines: [String], to name: String) throws -> String {
        try folder.write(lines.joined(separator: "\n") + "\n", to: name)
    }
}
