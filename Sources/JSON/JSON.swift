/// The entry to strict parsing of JSON texts.
///
/// The parser accepts exactly RFC 8259 in valid UTF-8 and keeps the text: numbers can be read as they were
/// written, repeated members can be counted, and any value's own bytes can be had back. Meaning (integers,
/// ids given as numbers or strings) is read from ``JSONValue`` and never fails.
package enum JSON {
    /// How many containers may stand inside one another unless the caller says otherwise.
    package static let defaultMaximumDepth = 32

    /// How many members an object may have unless the caller says otherwise: looking for one walks over all of them.
    package static let defaultMaximumMembers = 1024

    /// Parses one JSON text.
    ///
    /// White space may surround the value, nothing else may: neither a byte order mark nor trailing bytes.
    ///
    /// - Parameters:
    ///   - bytes: The text. It is kept, not copied, as long as any value of the document lives.
    ///   - maximumDepth: The number of objects and arrays that may be open at once; `[[1]]` has depth two.
    ///   - maximumMembers: The number of members that each object may have.
    /// - Throws: ``JSONError`` with the offset of the first byte that cannot be right.
    package static func parse(
        _ bytes: [UInt8],
        maximumDepth: Int = defaultMaximumDepth,
        maximumMembers: Int = defaultMaximumMembers
    ) throws(JSONError) -> JSONValue {
        guard bytes.count < Int(Int32.max) else {
            throw JSONError(message: "the text is longer than 2 GiB", offset: Int(Int32.max))
        }
        let nodes = try bytes.withUnsafeBufferPointer { buffer throws(JSONError) -> [JSONNode] in
            var parser = JSONParser(
                bytes: buffer,
                maximumDepth: maximumDepth,
                maximumMembers: maximumMembers
            )
            return try parser.parseDocument()
        }
        return JSONValue(document: JSONDocument(bytes: bytes, nodes: nodes), index: 0)
    }

    /// Parses one JSON text held in any sequence of bytes, which is copied first.
    package static func parse(
        _ bytes: some Sequence<UInt8>,
        maximumDepth: Int = defaultMaximumDepth
    ) throws(JSONError) -> JSONValue {
        try parse(Array(bytes), maximumDepth: maximumDepth)
    }
}

/// Why a text is not JSON, in words that may be shown to whoever sent it.
///
/// The message never repeats bytes of the text.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong, for example `expected ':' after a member's name`.
    package let message: String
    /// The zero-based position of the offending byte; the length of the text when it ends too early.
    package let offset: Int

    package init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// The message with its place.
    package var description: String { "\(message) at byte \(offset)" }
}
