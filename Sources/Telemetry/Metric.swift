package import Instruments

/// A metric as somebody reads it now.
package struct Metric: Sendable {
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package enum Value: Sendable {
        case count(UInt64)
        case number(Double)
        /// - Parameter unit: What a whole number of the histogram is in the metric's unit.
        case histogram(Histogram, unit: Double)
    }

    package typealias Labels = [(name: String, value: String)]

    package let name: String
    package let kind: Kind
    package let help: String
    package let series: [(labels: Labels, value: Value)]

    package init(_ name: String, _ kind: Kind, _ help: String, _ series: [(labels: Labels, value: Value)]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.series = series
    }

    /// A metric of one series without labels.
    package init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help, [([], .number(value))])
    }

    /// The metric in the text format of Prometheus; one without a series is told of all the same.
    var text: String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for (labels, value) in series.sorted(by: { line("", $0.labels, "") < line("", $1.labels, "") }) {
            switch value {
            case .count(let count): text += line("", labels, "\(count)")
            case .number(let number): text += line("", labels, "\(number)")
            case .histogram(let histogram, let unit):
                var cumulative: UInt64 = 0
                for (index, count) in histogram.counts.enumerated() {
                    cumulative += count
                    let bound =
                        index < histogram.bounds.count ? "\(Double(histogram.bounds[index]) * unit)" : "+Inf"
                    text += line("_bucket", labels + [("le", bound)], "\(cumulative)")
                }
                text += line("_sum", labels, "\(Double(histogram.sum) * unit)")
                text += line("_count", labels, "\(cumulative)")
            }
        }
        return text
    }

    private func line(_ suffix: String, _ labels: Labels, _ value: String) -> String {
        let written = labels.map { "\($0.name)=\"\($0.value.escapedForLabel)\"" }.joined(separator: ",")
        return "\(name)\(suffix)\(written.isEmpty ? "" : "{\(written)}") \(value)\n"
    }
}

extension Metric.Value {
    /// Durations, which are counted in nanoseconds, in seconds.
    package static func seconds(_ histogram: Histogram) -> Self { .histogram(histogram, unit: 1e-9) }
}

extension String {
    /// A label's value as the text format wants it.
    fileprivate var escapedForLabel: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == 10 })
        else {
            return self
        }
        return reduce(into: "") { text, character in
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.append(character)
            }
        }
    }
}
