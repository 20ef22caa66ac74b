/// One line of the result.
package struct Figure: Hashable, Sendable {
    /// What a figure must reach for the service to be as fast as it promises.
    package enum Goal: Hashable, Sendable {
        case ratioAtLeast(Double)
        case ratioAtMost(Double)
        case valueAtMost(Double)

        /// The goal in a few characters.
        package var text: String {
            switch self {
            case .ratioAtLeast(let limit): "ratio ≥ \(limit.shortText)"
            case .ratioAtMost(let limit): "ratio ≤ \(limit.shortText)"
            case .valueAtMost(let limit): "≤ \(limit.shortText)"
            }
        }
    }

    /// What was measured.
    package let name: String
    package let unit: String
    /// The median over all stretches.
    package let value: Double
    /// Milliseconds within which half of the answers came.
    package var p50: Double?
    /// Milliseconds within which all but a hundredth of the answers came.
    package var p99: Double?
    /// What it is compared with.
    package var yardstick: Yardstick?
    /// The value as a multiple of the yardstick's, for each pair.
    package var ratios: [Double] = []
    package var goals: [Goal] = []
    /// What else should be known of it.
    package var note: String?

    /// The figures of what a figure is compared with.
    package struct Yardstick: Hashable, Sendable {
        package let name: String
        /// The median over all stretches, in the figure's unit.
        package let value: Double
        package var p50: Double?
        package var p99: Double?
    }

    /// The median of the ratios; nil without a yardstick.
    package var ratio: Double? { ratios.isEmpty ? nil : Statistics.median(ratios) }

    /// Whether every goal is reached; nil without one.
    package var isMet: Bool? {
        goals.isEmpty
            ? nil
            : goals.allSatisfy { goal in
                switch goal {
                case .ratioAtLeast(let limit): (ratio ?? -.infinity) >= limit
                case .ratioAtMost(let limit): (ratio ?? .infinity) <= limit
                case .valueAtMost(let limit): value <= limit
                }
            }
    }

    /// States a figure without a yardstick.
    ///
    /// - Parameter note: What else should be known of it.
    package init(_ name: String, _ value: Double, unit: String, goals: [Goal] = [], note: String? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.goals = goals
        self.note = note
    }
}

extension Figure {
    /// Joins the pairs of a load and its yardstick.
    init(
        _ name: String,
        _ pairs: [LoadPair],
        against yardstick: String,
        goals: [Goal],
        note: String? = nil
    ) {
        self.init(name, Statistics.median(pairs.map(\.load.rate)), unit: "1/s", goals: goals, note: note)
        p50 = Statistics.median(pairs.map(\.load.p50))
        p99 = Statistics.median(pairs.map(\.load.p99))
        ratios = pairs.map { $0.load.rate / $0.yardstick.rate }
        self.yardstick = Yardstick(
            name: yardstick,
            value: Statistics.median(pairs.map(\.yardstick.rate)),
            p50: Statistics.median(pairs.map(\.yardstick.p50)),
            p99: Statistics.median(pairs.map(\.yardstick.p99))
        )
    }
}

extension Double {
    /// The number without a fraction that is zero.
    fileprivate var shortText: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}
