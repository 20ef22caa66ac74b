/// What one run of a load generator has shown.
struct LoadRun: Hashable, Sendable {
    /// Requests or transactions that were answered.
    let count: Int
    let seconds: Double
    /// Half of the answers came within so many milliseconds.
    let p50: Double
    /// All but a hundredth of the answers came within so many milliseconds.
    let p99: Double

    /// Answers a second.
    var rate: Double { Double(count) / seconds }

    /// The two of a time as one; percentiles are those of the slower.
    func joined(with other: LoadRun) -> LoadRun {
        LoadRun(
            count: count + other.count,
            seconds: max(seconds, other.seconds),
            p50: max(p50, other.p50),
            p99: max(p99, other.p99)
        )
    }

    /// Makes load, and makes it again when nothing was answered.
    ///
    /// A short run on a busy machine may end before its connections have come about, so each lasts longer than the one
    /// before.
    ///
    /// - Parameters:
    ///   - name: What is loaded, for the error.
    ///   - body: Makes load for so many seconds; nil when nothing was answered.
    /// - Returns: The first run that shows anything.
    /// - Throws: ``BenchError`` when three in a row show nothing, and what the body throws.
    static func measured(
        _ name: String,
        seconds: Int,
        _ body: (_ seconds: Int) async throws -> LoadRun?
    ) async throws -> LoadRun {
        for factor in [1, 3, 9] {
            if let run = try await body(factor * seconds) { return run }
        }
        throw BenchError(.failed, "\(name): nothing was answered, three times in a row")
    }
}
