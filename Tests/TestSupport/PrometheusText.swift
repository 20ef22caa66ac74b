import Foundation

/// Metrics in the text format of Prometheus (version 0.0.4), read as strictly as its rules say.
package struct PrometheusText {
    package struct Family {
        package let name: String
        package let kind: String
        package let help: String
        /// The names of labels, without a histogram's `le`.
        package fileprivate(set) var labels: Set<String> = []
    }

    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    package private(set) var families: [Family] = []
    /// The values by the series, as it is written.
    package private(set) var values: [String: Double] = [:]

    /// - Throws: ``Fault``, which names the line that breaks a rule.
    package init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Fault(description: "the last line has no end")
        }
        var help: (name: String, text: String)?
        for line in text.split(separator: "\n") {
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
                help = (String(match.1), String(match.2))
            } else if let match = line.wholeMatch(of: /# TYPE (\S+) (counter|gauge|histogram)/) {
                try begin(String(match.1), String(match.2), help, line)
            } else {
                try read(line)
            }
        }
        try checkHistograms()
    }

    private mutating func begin(
        _ name: String,
        _ kind: String,
        _ help: (name: String, text: String)?,
        _ line: Substring
    ) throws {
        guard let help, help.name == name else { throw Fault(description: "no help before: \(line)") }
        guard !families.contains(where: { $0.name == name }) else {
            throw Fault(description: "twice: \(line)")
        }
        guard (kind == "counter") == name.hasSuffix("_total") else {
            throw Fault(description: "only counters are totals: \(line)")
        }
        families.append(Family(name: name, kind: kind, help: help.text))
    }

    private mutating func read(_ line: Substring) throws {
        guard
            let match = line.wholeMatch(of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/),
            let family = families.last, let value = Double(match.3.replacing("Inf", with: "inf"))
        else { throw Fault(description: "no sample: \(line)") }
        let suffixes = family.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { match.1 == family.name + $0 }) else {
            throw Fault(description: "not of \(family.name): \(line)")
        }
        var names: [String] = []
        var rest = match.2 ?? ""
        while !rest.isEmpty {
            guard
                let label = rest.prefixMatch(
                    of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/
                ),
                !label.1.hasPrefix("__"), !names.contains(String(label.1))
            else { throw Fault(description: "no labels: \(line)") }
            names.append(String(label.1))
            rest = rest[label.range.upperBound...]
        }
        families[families.count - 1].labels.formUnion(Set(names).subtracting(["le"]))
        let series = String(line[..<match.3.startIndex].dropLast())
        guard values.updateValue(value, forKey: series) == nil else {
            throw Fault(description: "twice: \(line)")
        }
        guard family.kind == "gauge" || value >= 0 else { throw Fault(description: "below 0: \(line)") }
    }

    /// Buckets must grow up to the count, which the last of them is.
    private func checkHistograms() throws {
        for family in families where family.kind == "histogram" {
            for (series, count) in values where series.hasPrefix(family.name + "_count") {
                let labels = series.dropFirst(family.name.count + 6).dropFirst().dropLast()
                let prefix = "\(family.name)_bucket{\(labels.isEmpty ? "" : "\(labels),")le=\""
                let buckets = values.filter { $0.key.hasPrefix(prefix) }.map { key, value in
                    let bound = key.dropFirst(prefix.count).dropLast(2).replacing("Inf", with: "inf")
                    return (bound: Double(bound) ?? .nan, count: value)
                }.sorted { $0.bound < $1.bound }
                guard buckets.last?.bound == .infinity, buckets.last?.count == count,
                    zip(buckets, buckets.dropFirst()).allSatisfy({ $0.count <= $1.count }),
                    values[family.name + "_sum" + series.dropFirst(family.name.count + 6)] != nil
                else { throw Fault(description: "no histogram: \(series)") }
            }
        }
    }
}
