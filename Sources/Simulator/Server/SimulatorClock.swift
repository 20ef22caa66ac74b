import FoundationEssentials

/// The time of a simulation.
package struct SimulatorClock: Sendable {
    /// Milliseconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// Waits for a number of milliseconds.
    package let sleep: @Sendable (Int64) async throws -> Void

    /// Creates a clock from its two abilities.
    package init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Int64) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The time of this machine.
    package static let system = SimulatorClock(
        now: { Int64(Date().timeIntervalSince1970 * 1000) },
        sleep: { try await Task.sleep(for: .milliseconds(max(0, $0))) }
    )
}
