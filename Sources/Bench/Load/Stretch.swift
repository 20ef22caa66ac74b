/// What one stretch of load has shown.
struct Stretch: Hashable, Sendable {
    /// Requests or transactions that were answered.
    let count: Int
    let seconds: Double
    /// Half of the answers came within so many milliseconds.
    let p50: Double
    /// All but a hundredth of the answers came within so many milliseconds.
    let p99: Double

    /// Answers a second.
    var rate: Double { Double(count) / seconds }

    /// Makes a stretch of load, and makes it again when nothing was answered.
    ///
    /// A short stretch on a busy machine may end before its connections have come about, so each lasts longer than the
    /// one before.
    ///
    /// - Parameters:
    ///   - name: What is loaded, for the error.
    ///   - seconds: How long the first one lasts.
    ///   - body: Makes a stretch of so many seconds; nil when nothing was answered.
    /// - Returns: The first that shows anything.
    /// - Throws: ``BenchError`` when three in a row show nothing, and what the body throws.
    static func measured(
        _ name: String,
        seconds: Int,
        _ body: (_ seconds: Int) async throws -> Stretch?
    ) async throws -> Stretch {
        for factor in [1, 3, 9] {
            if let stretch = try await body(factor * seconds) { return stretch }
        }
        throw BenchError(.failed, "\(name): nothing was answered, three times in a row")
    }
}
