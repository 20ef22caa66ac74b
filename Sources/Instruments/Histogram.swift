/// Whole numbers counted by upper bounds, as Prometheus wants them.
package struct Histogram: Sendable {
    /// The upper bounds of durations, in nanoseconds: from a fast read to the longest call that Telegram is given.
    package static let durations: [Int64] = [
        1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 20_000,
    ].map { Int64($0 * 1_000_000) }
    /// The upper bounds of numbers of things that are done together.
    package static let sizes: [Int64] = [1, 2, 5, 10, 25, 50, 100, 250, 500]

    package let bounds: [Int64]
    /// How many were above the bound before and not above that one; the last count is of those above all.
    package private(set) var counts: [UInt64]
    package private(set) var sum: Int64 = 0

    package init(bounds: [Int64]) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How many there were.
    package var total: UInt64 { counts.reduce(0, +) }

    package mutating func record(_ value: Int64) {
        var index = 0
        while index < bounds.count, bounds[index] < value { index += 1 }
        counts[index] += 1
        sum &+= value
    }

    package mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        record(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }

    /// Takes in what another one of the same bounds has counted.
    package mutating func add(_ other: Histogram) {
        for (index, count) in other.counts.enumerated() { counts[index] += count }
        sum &+= other.sum
    }
}
