import HummingbirdCore

/// The query of a request, read by the names that a route knows; all others are ignored.
struct QueryValues {
    private let values: FlatDictionary<Substring, Substring>

    init(_ uri: URI) {
        values = uri.query == nil ? FlatDictionary() : uri.queryParameters
    }

    /// The value of a parameter.
    ///
    /// - Parameter name: The parameter's name.
    /// - Returns: The decoded value; nil where it is absent.
    /// - Throws: ``Problem`` where it is given more than once, since nobody could say which one was meant.
    func text(_ name: Substring) throws(Problem) -> String? {
        guard let value = values[name] else { return nil }
        guard values[values: name].count == 1 else { throw .parameter(name, takes: "one value, given once") }
        return String(value)
    }

    /// The value of a parameter that is one of a list.
    ///
    /// - Parameter name: The parameter's name.
    /// - Returns: The value; nil where it is absent.
    /// - Throws: ``Problem`` where it is none of the list.
    func choice<Value>(_ name: Substring) throws(Problem) -> Value?
    where Value: RawRepresentable<String> & CaseIterable {
        guard let text = try text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let choices = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw .parameter(name, takes: "one of \(choices)")
        }
        return value
    }
}

extension Problem {
    /// Refuses the value of a parameter.
    ///
    /// - Parameters:
    ///   - name: The parameter's name.
    ///   - values: What it takes, continuing the sentence "… takes".
    /// - Returns: The problem; the value sent is not repeated in it.
    static func parameter(_ name: some StringProtocol, takes values: String) -> Problem {
        Problem(.unknownParameterValue, "'\(name)' takes \(values).")
    }
}
