/// One line of the result.
package struct BenchResult: Hashable, Sendable {
    /// What must be reached for the service to be as fast as it promises.
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
    /// The median over all runs.
    package let value: Double
    /// Milliseconds within which half of the answers came.
    package var p50: Double?
    /// Milliseconds within which all but a hundredth of the answers came.
    package var p99: Double?
    /// What it is compared with.
    package var baseline: Baseline?
    /// The value as a multiple of the baseline's, for each pair.
    package var ratios: [Double] = []
    package var goals: [Goal] = []
    /// What else should be known of it.
    package var note: String?

    /// What a load is compared with.
    package struct Baseline: Hashable, Sendable {
        package let name: String
        /// The median over all runs, in the load's unit.
        package let value: Double
        package var p50: Double?
        package var p99: Double?
    }

    /// The median of the ratios; nil without a baseline.
    package var ratio: Double? { ratios.isEmpty ? nil : ratios.median }

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

    package init(_ name: String, _ value: Double, unit: String, goals: [Goal] = [], note: String? = nil) {
        self.name = name
        self.value = value
        self.unit = unit
        self.goals = goals
        self.note = note
    }
}

extension BenchResult {
    /// Joins the pairs of a load and its baseline.
    init(
        _ name: String,
        _ pairs: [LoadPair],
        against baseline: String,
        goals: [Goal],
        note: String? = nil
    ) {
        self.init(name, pairs.map(\.load.rate).median, unit: "1/s", goals: goals, note: note)
        compare(pairs, with: baseline) { $0.rate }
    }

    /// Adds percentiles, ratios and the baseline of pairs of which a value is what counts.
    mutating func compare(_ pairs: [LoadPair], with name: String, _ value: (LoadRun) -> Double) {
        p50 = pairs.map(\.load.p50).median
        p99 = pairs.map(\.load.p99).median
        ratios = pairs.map { value($0.load) / value($0.baseline) }
        baseline = Baseline(
            name: name,
            value: pairs.map { value($0.baseline) }.median,
            p50: pairs.map(\.baseline.p50).median,
            p99: pairs.map(\.baseline.p99).median
        )
    }
}

extension Double {
    /// The number without a fraction that is zero.
    fileprivate var shortText: String { self == rounded() && abs(self) < 1e15 ? "\(Int64(self))" : "\(self)" }
}
