/// The query of a request, read by the names that a route knows; all others are ignored.
///
/// Nothing is taken apart or decoded but what is asked for: queries may be long, and anybody may send one.
struct QueryValues {
    private let query: String

    /// - Parameter query: What stands behind the question mark of an address.
    init(_ query: String) { self.query = query }

    /// The value of a parameter.
    ///
    /// - Parameter name: The parameter's name, which stands in the query as it is.
    /// - Returns: The decoded value; nil where it is absent.
    /// - Throws: ``Problem`` where it is given more than once, since nobody could say which one was meant.
    func text(_ name: String) throws(Problem) -> String? {
        guard !query.isEmpty else { return nil }
        var value: Substring.UTF8View?
        var rest = query.utf8[...]
        while !rest.isEmpty {
            let field = rest.prefix { $0 != UInt8(ascii: "&") }
            rest = rest[field.endIndex...].dropFirst()
            guard field.starts(with: name.utf8) else { continue }
            let tail = field.dropFirst(name.utf8.count)
            guard tail.isEmpty || tail.first == UInt8(ascii: "=") else { continue }
            guard value == nil else { throw .parameter(name, takes: "one value, given once") }
            value = tail.dropFirst()
        }
        return value.map(Self.decoded)
    }

    /// The value of a parameter that is one of a list.
    ///
    /// - Returns: The value; nil where it is absent.
    /// - Throws: ``Problem`` where it is none of the list.
    func choice<Value>(_ name: String) throws(Problem) -> Value?
    where Value: RawRepresentable<String> & CaseIterable {
        guard let text = try text(name) else { return nil }
        guard let value = Value(rawValue: text) else {
            let choices = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw .parameter(name, takes: "one of \(choices)")
        }
        return value
    }

    /// Resolves `%XX`; what is no such text then stays as it is.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        guard text.contains(UInt8(ascii: "%")) else { return String(Substring(text)) }
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, rest.prefix(2).allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let decoded = UInt8(String(Substring(rest.prefix(2))), radix: 16)
            else { return String(Substring(text)) }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self) ?? String(Substring(text))
    }
}

extension Problem {
    /// Refuses the value of a parameter.
    ///
    /// - Parameter values: What it takes, continuing the sentence "… takes".
    /// - Returns: The problem; the value sent is not repeated in it.
    static func parameter(_ name: some StringProtocol, takes values: String) -> Problem {
        Problem(.unknownParameterValue, "'\(name)' takes \(values).")
    }
}
