/// One value of a parsed text.
///
/// A value is a view: copying it costs a reference, and nothing is converted before it is asked for. Every
/// accessor answers nil when the value is of another kind, so chains such as `update["message"]?["chat"]`
/// never fail on an unexpected shape.
package struct JSONValue: Sendable {
    /// The six kinds of JSON values.
    package enum Kind: UInt8, Sendable {
        case object, array, string, number, bool, null
    }

    let document: JSONDocument
    let index: Int

    var node: JSONNode { document.nodes[index] }

    /// The kind of the value.
    package var kind: Kind { node.kind }

    /// Whether the value is the literal `null`.
    package var isNull: Bool { kind == .null }

    /// The bytes of this value exactly as written, for a string with its quotes.
    package var raw: ArraySlice<UInt8> {
        document.bytes[Int(node.start)..<Int(node.end)]
    }

    // MARK: - Scalars

    /// The text of a string with its escapes resolved.
    ///
    /// A surrogate that stands alone reads as U+FFFD; `\u0000` is kept.
    package var string: String? {
        kind == .string ? document.string(of: node) : nil
    }

    /// Whether a string is a text; not where its escapes leave half of a surrogate pair alone.
    package var isText: Bool {
        guard kind == .string, node.hasEscapes else { return kind == .string }
        return document.hasWholeCharacters(node)
    }

    /// The truth value of `true` or `false`.
    package var bool: Bool? {
        kind == .bool ? document.bytes[Int(node.start)] == UInt8(ascii: "t") : nil
    }

    /// A number exactly as written, for example `1e3`.
    package var numberText: String? {
        kind == .number ? String(decoding: raw, as: UTF8.self) : nil
    }

    /// A number that is written as a plain integer and fits 64 bits.
    ///
    /// `1.0`, `1e3` and `-0` are numbers, but not plain integers.
    package var int64: Int64? {
        kind == .number ? plainInteger(raw) : nil
    }

    /// ``int64``, or a string that holds nothing but such an integer.
    package var lenientInt64: Int64? {
        switch kind {
        case .number: plainInteger(raw)
        case .string: plainInteger(document.contents(of: node))
        default: nil
        }
    }

    /// ``string``, or the text of a number.
    package var lenientString: String? { string ?? numberText }

    // MARK: - Containers

    /// The value of an object's member, its name compared after escapes are resolved; of the last one when the name
    /// stands there more than once.
    package subscript(_ name: String) -> JSONValue? {
        var name = name
        let found = name.withUTF8 { document.lastMember(of: index, named: $0) }
        return found.map { JSONValue(document: document, index: $0 + 1) }
    }

    /// Counts how many times an object holds a member of this name, compared after escapes are resolved.
    package func members(named name: String) -> Int {
        var name = name
        return name.withUTF8 { name in
            var count = 0
            forEachMember { member in
                if document.string(of: document.nodes[member], equals: name) { count += 1 }
            }
            return count
        }
    }

    /// The values of an array in order; empty for any other kind.
    package var elements: JSONElements { JSONElements(of: self) }

    /// The members of an object in order, repeated names included; empty for any other kind.
    package var entries: JSONEntries { JSONEntries(of: self) }

    /// Calls the body with the node index of each member's name.
    private func forEachMember(_ body: (Int) -> Void) {
        guard kind == .object else { return }
        let end = Int(node.next)
        var member = index + 1
        while member < end {
            body(member)
            member = Int(document.nodes[member + 1].next)
        }
    }
}

/// Reads `0` or `-?[1-9][0-9]*` when it fits 64 bits.
private func plainInteger(_ text: ArraySlice<UInt8>) -> Int64? {
    let isNegative = text.first == UInt8(ascii: "-")
    let digits = isNegative ? text.dropFirst() : text
    guard let first = digits.first else { return nil }
    if first == UInt8(ascii: "0") {
        return text.count == 1 ? 0 : nil
    }
    var value: Int64 = 0
    for byte in digits {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        // Summed towards the sign, since the smallest value has no positive counterpart.
        let digit = Int64(byte - UInt8(ascii: "0"))
        let (shifted, overflowed) = value.multipliedReportingOverflow(by: 10)
        let (next, overflowedAgain) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
        guard !overflowed, !overflowedAgain else { return nil }
        value = next
    }
    return value
}
