/// How much pages may submit for one player in a UTC day.
package struct PlayerQuota: Hashable, Sendable {
    package let runs: Int
    /// Bytes of metadata.
    package let bytes: Int

    /// What holds unless an operator sets another.
    package static let usual = PlayerQuota(runs: 5000, bytes: 4_000_000)

    /// Sets a quota.
    ///
    /// - Parameter bytes: How many bytes of metadata.
    package init(runs: Int, bytes: Int) {
        self.runs = runs
        self.bytes = bytes
    }
}

/// How much was submitted for one player in a UTC day.
package struct PlayerUsage: Hashable, Sendable {
    package private(set) var runs: Int
    package private(set) var bytes: Int

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - runs: How many runs there were.
    ///   - bytes: How many bytes of metadata they had.
    package init(runs: Int = 0, bytes: Int = 0) {
        self.runs = runs
        self.bytes = bytes
    }

    /// Counts a run if the quota has room for it.
    ///
    /// - Parameter metadata: How many bytes of metadata the run has.
    package mutating func take(_ metadata: Int, of quota: PlayerQuota) -> Bool {
        guard runs < quota.runs, bytes + metadata <= quota.bytes else { return false }
        runs += 1
        bytes += metadata
        return true
    }

    /// Counts a run no longer, of which nothing was written.
    ///
    /// - Parameter metadata: How many bytes of metadata the run has.
    package mutating func giveBack(_ metadata: Int) {
        runs -= 1
        bytes -= metadata
    }
}
