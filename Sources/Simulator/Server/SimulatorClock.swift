import FoundationEssentials

/// The time of a simulation.
package struct SimulatorClock: Sendable {
    /// Milliseconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// Microseconds since some moment of the clock's own, by a clock that nobody sets.
    package let elapsed: @Sendable () -> Int64
    /// Waits for a number of milliseconds.
    package let sleep: @Sendable (Int64) async throws -> Void

    private static let start = ContinuousClock.now

    /// The time of this machine.
    package static let system = SimulatorClock(
        now: { Int64(Date().timeIntervalSince1970 * 1000) },
        elapsed: {
            let (seconds, attoseconds) = start.duration(to: .now).components
            return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        },
        sleep: { try await Task.sleep(for: .milliseconds(max(0, $0))) }
    )
}
