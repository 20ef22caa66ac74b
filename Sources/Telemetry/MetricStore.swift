import Synchronization
import Web

/// The name of a metric with what is said about it in the text format.
struct MetricFamily: Hashable, Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    let help: String

    static func == (left: MetricFamily, right: MetricFamily) -> Bool { left.name == right.name }
    func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// Durations counted by upper bound, as Prometheus wants them.
struct Histogram: Sendable {
    /// Upper bounds in seconds: from a fast read to the longest call that Telegram is given.
    static let bounds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20,
    ]

    private(set) var counts = [UInt64](repeating: 0, count: bounds.count)
    private(set) var total: UInt64 = 0
    private(set) var sum: Double = 0

    mutating func record(_ duration: Duration) {
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
        total += 1
        sum += seconds
        if let index = Self.bounds.firstIndex(where: { seconds <= $0 }) { counts[index] += 1 }
    }

    /// Adds what another one recorded.
    mutating func add(_ other: Histogram) {
        for (index, count) in other.counts.enumerated() { counts[index] += count }
        total += other.total
        sum += other.sum
    }
}

/// The counters and histograms of a process.
final class MetricStore: Sendable {
    private struct State {
        var counters: [MetricFamily: [String: UInt64]] = [:]
        var histograms: [MetricFamily: [String: Histogram]] = [:]
        /// Requests, whose labels are written when somebody looks: they come too often for that.
        var answers: [AnswerKind: Histogram] = [:]

        /// Puts the requests among the others.
        mutating func spellAnswers() {
            for (kind, durations) in answers {
                let route = "route=\"\(kind.route ?? "none")\""
                let labels = "\(route),method=\"\(kind.method)\",status=\"\(kind.status)\""
                counters[.requests, default: [:]][labels] = durations.total
                histograms[.requestSeconds, default: [:]][route, default: Histogram()].add(durations)
            }
        }
    }

    private struct AnswerKind: Hashable {
        let route: String?
        let method: String
        let status: Int
    }

    private let state = Mutex(State())

    /// Adds to a counter, whose labels are written as in the text format: a small, fixed set of them.
    func count(_ family: MetricFamily, _ labels: String = "", by amount: UInt64 = 1) {
        state.withLock { $0.counters[family, default: [:]][labels, default: 0] += amount }
    }

    /// Adds a duration to a histogram.
    func time(_ family: MetricFamily, _ labels: String = "", _ duration: Duration) {
        state.withLock { $0.histograms[family, default: [:]][labels, default: Histogram()].record(duration) }
    }

    /// Counts a request that was answered.
    func count(_ answer: WebEvent.Answered) {
        let kind = AnswerKind(route: answer.route, method: answer.method, status: answer.status)
        state.withLock { $0.answers[kind, default: Histogram()].record(answer.duration) }
    }

    /// All counters and histograms in the text format of Prometheus.
    func text() -> String {
        var state = state.withLock { $0 }
        state.spellAnswers()
        var text = ""
        for (family, series) in state.counters.sorted(by: { $0.key.name < $1.key.name }) {
            text += family.head
            for (labels, value) in series.sorted(by: { $0.key < $1.key }) {
                text += "\(family.name)\(labels.isEmpty ? "" : "{\(labels)}") \(value)\n"
            }
        }
        for (family, series) in state.histograms.sorted(by: { $0.key.name < $1.key.name }) {
            text += family.head
            for (labels, histogram) in series.sorted(by: { $0.key < $1.key }) {
                text += histogram.text(name: family.name, labels: labels)
            }
        }
        return text
    }
}

extension MetricFamily {
    var head: String { "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" }
}

extension Histogram {
    fileprivate func text(name: String, labels: String) -> String {
        let prefix = labels.isEmpty ? "" : "\(labels),"
        let suffix = labels.isEmpty ? "" : "{\(labels)}"
        var text = ""
        var cumulative: UInt64 = 0
        for (bound, count) in zip(Self.bounds, counts) {
            cumulative += count
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulative)\n"
        }
        text += "\(name)_bucket{\(prefix)le=\"+Inf\"} \(total)\n"
        text += "\(name)_sum\(suffix) \(sum)\n\(name)_count\(suffix) \(total)\n"
        return text
    }
}
