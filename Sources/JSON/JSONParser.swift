/// One pass over a text that lists its values.
///
/// The parser keeps its own stack of open containers, so the depth of a text cannot exhaust the thread's.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let maximumDepth: Int
    private let maximumMembers: Int
    private var position = 0
    private var nodes: [JSONNode] = []
    private var open: [Int] = []
    /// Of the open containers, how many members each has so far.
    private var members: [Int] = []

    init(bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int, maximumMembers: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        self.maximumMembers = maximumMembers
        nodes.reserveCapacity(min(bytes.count / 8 + 4, 4096))
    }

    mutating func parseDocument() throws(JSONError) -> [JSONNode] {
        skipWhiteSpace()
        try parseValue()
        while let container = open.last {
            skipWhiteSpace()
            let isObject = nodes[container].kind == .object
            if peek() == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                closeContainer(container)
                continue
            }
            let isEmpty = container == nodes.count - 1
            if !isEmpty {
                guard peek() == UInt8(ascii: ",") else {
                    throw failure(isObject ? "expected ',' or '}'" : "expected ',' or ']'")
                }
                position += 1
                skipWhiteSpace()
            }
            if isObject {
                try parseName()
            }
            try parseValue()
        }
        skipWhiteSpace()
        guard position == bytes.count else { throw failure("expected the end of the text") }
        return nodes
    }

    // MARK: - Values

    private mutating func parseValue() throws(JSONError) {
        guard let byte = peek() else { throw failure("expected a value") }
        switch byte {
        case UInt8(ascii: "{"): try openContainer(.object)
        case UInt8(ascii: "["): try openContainer(.array)
        case UInt8(ascii: "\""): try parseString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
        case UInt8(ascii: "t"): try parseLiteral("true", .bool)
        case UInt8(ascii: "f"): try parseLiteral("false", .bool)
        case UInt8(ascii: "n"): try parseLiteral("null", .null)
        default: throw failure("expected a value")
        }
    }

    private mutating func parseName() throws(JSONError) {
        guard peek() == UInt8(ascii: "\"") else { throw failure("expected a member's name in quotes") }
        members[members.count - 1] += 1
        guard members[members.count - 1] <= maximumMembers else {
            throw failure("an object has more than \(maximumMembers) members")
        }
        try parseString()
        skipWhiteSpace()
        guard peek() == UInt8(ascii: ":") else { throw failure("expected ':' after a member's name") }
        position += 1
        skipWhiteSpace()
    }

    private mutating func openContainer(_ kind: JSONValue.Kind) throws(JSONError) {
        guard open.count < maximumDepth else {
            throw failure("nested deeper than \(maximumDepth) levels")
        }
        open.append(nodes.count)
        members.append(0)
        append(kind, from: position, to: position)
        position += 1
    }

    private mutating func closeContainer(_ container: Int) {
        position += 1
        nodes[container].end = Int32(truncatingIfNeeded: position)
        nodes[container].next = Int32(truncatingIfNeeded: nodes.count)
        open.removeLast()
        members.removeLast()
    }

    private mutating func parseLiteral(
        _ literal: StaticString,
        _ kind: JSONValue.Kind
    ) throws(JSONError) {
        let start = position
        for index in 0..<literal.utf8CodeUnitCount {
            guard peek() == literal.utf8Start[index] else { throw failure("expected a value", at: start) }
            position += 1
        }
        append(kind, from: start, to: position)
    }

    private mutating func parseNumber() throws(JSONError) {
        let start = position
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") {
            position += 1
            if isDigit(peek()) { throw failure("a number may not begin with a zero", at: start) }
        } else {
            try skipDigits()
        }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        append(.number, from: start, to: position)
    }

    private mutating func skipDigits() throws(JSONError) {
        guard isDigit(peek()) else { throw failure("expected a digit") }
        while isDigit(peek()) { position += 1 }
    }

    // MARK: - Strings

    private mutating func parseString() throws(JSONError) {
        let start = position
        var hasEscapes = false
        position += 1
        while true {
            skipPlainCharacters()
            guard let byte = peek() else { throw failure("the string has no end") }
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                append(.string, from: start, to: position, hasEscapes: hasEscapes)
                return
            case UInt8(ascii: "\\"):
                hasEscapes = true
                try skipEscape()
            case ..<0x20: throw failure("a control character must be escaped in a string")
            default: try skipMultibyteScalar(leadingWith: byte)
            }
        }
    }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard isHexadecimalDigit(peek()) else { throw failure("expected four hexadecimal digits") }
                position += 1
            }
        default: throw failure("unknown escape in a string")
        }
    }

    /// Accepts exactly the well-formed sequences: shortest form, no surrogates, at most U+10FFFF.
    private mutating func skipMultibyteScalar(leadingWith leader: UInt8) throws(JSONError) {
        let start = position
        let length: Int
        let second: ClosedRange<UInt8>
        switch leader {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw failure("the text is not UTF-8")
        }
        guard start + length <= bytes.count, second.contains(bytes[start + 1]) else {
            throw failure("the text is not UTF-8")
        }
        for index in start + 2..<start + length where bytes[index] & 0xC0 != 0x80 {
            throw failure("the text is not UTF-8")
        }
        position += length
    }

    // MARK: - Bytes

    @inline(__always)
    private func peek() -> UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    /// Skips what stands for itself in a string; most bytes of most texts pass through here.
    private mutating func skipPlainCharacters() {
        var next = position
        while next < bytes.count {
            let byte = bytes[next]
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else {
                break
            }
            next += 1
        }
        position = next
    }

    private mutating func skipWhiteSpace() {
        var next = position
        while next < bytes.count {
            let byte = bytes[next]
            guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            next += 1
        }
        position = next
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private func isHexadecimalDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        let lowered = byte | 0x20
        return isDigit(byte) || lowered >= UInt8(ascii: "a") && lowered <= UInt8(ascii: "f")
    }

    private mutating func append(
        _ kind: JSONValue.Kind,
        from start: Int,
        to end: Int,
        hasEscapes: Bool = false
    ) {
        nodes.append(
            JSONNode(
                start: Int32(truncatingIfNeeded: start),
                end: Int32(truncatingIfNeeded: end),
                next: Int32(truncatingIfNeeded: nodes.count + 1),
                kind: kind,
                hasEscapes: hasEscapes
            )
        )
    }

    private func failure(_ message: String, at offset: Int? = nil) -> JSONError {
        if position >= bytes.count, offset == nil {
            return JSONError(message: "the text ends too early", offset: bytes.count)
        }
        return JSONError(message: message, offset: offset ?? position)
    }
}
