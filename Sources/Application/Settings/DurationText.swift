/// Durations as operators write them.
extension Duration {
    private static let units: [(name: Character, seconds: Int64)] = [
        ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Reads a duration made of whole numbers with units, the larger unit first: `24h`, `90m`, `6h30m` or `3600s`.
    static func parse(_ text: String, in range: ClosedRange<Duration>) throws(ValueProblem) -> Duration {
        let problem = ValueProblem(
            "\(text.quotedForError) is not a duration of days, hours, minutes and seconds"
        )
        var rest = text[...]
        var units = units[...]
        var total: Int64 = 0
        guard !rest.isEmpty else { throw problem }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Int64(digits), let name = rest.popFirst(),
                let place = units.firstIndex(where: { $0.name == name })
            else { throw problem }
            let (seconds, overflows) = number.multipliedReportingOverflow(by: units[place].seconds)
            let (sum, overflowsToo) = total.addingReportingOverflow(seconds)
            guard !overflows, !overflowsToo else { throw problem }
            total = sum
            units = units[(place + 1)...]
        }
        guard range.contains(.seconds(total)) else {
            throw ValueProblem(
                "\(text.quotedForError) is not between \(range.lowerBound.spelling) and \(range.upperBound.spelling)"
            )
        }
        return .seconds(total)
    }

    /// The shortest spelling of whole seconds.
    var spelling: String {
        var rest = components.seconds
        var text = ""
        for unit in Self.units where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.name)"
            rest %= unit.seconds
        }
        return text.isEmpty ? "0s" : text
    }
}
