/// Cuts a text of JSON values into records, piece by piece in constant memory; what a record says is the caller's to parse.
///
/// With lines, each line is a record. Without, a record is an object that stands by itself or in lists, and so is a string,
/// number or word in its place. An object that is longer than a record can be is the cover of lists, whose elements are
/// records instead. What stands between records is not checked.
package struct JSONRecordReader: Sendable {
    /// Longer records are covers, or wrong.
    package static let longestRecord = 1 << 20
    private static let deepest = 32

    /// One record.
    package struct Record: Sendable {
        package let bytes: [UInt8]
        /// The number of its first line, from 1.
        package let line: Int
        /// What is wrong with it; nil when it may be right.
        package let problem: String?
    }

    private enum Container { case object, list }

    /// What the current record begins with.
    private enum Kind { case object, string, word, line }

    private let hasLines: Bool
    /// Whether the current line is too long for a record, and so read as if there were no lines.
    private var isUnlined = false
    /// What is open around the current record.
    private var open: [Container] = []
    /// The current record; nil between records.
    private var kind: Kind?
    private var bytes: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var line = 1
    private var startLine = 1
    private var endsWithReturn = false

    package init(hasLines: Bool) { self.hasLines = hasLines }

    /// Takes the next piece, and gives each record that is complete.
    package mutating func read<E>(
        _ piece: some Sequence<UInt8>,
        _ body: (Record) throws(E) -> Void
    ) throws(E) {
        for byte in piece {
            let isReturn = byte == UInt8(ascii: "\r")
            let endsLine = isReturn || byte == UInt8(ascii: "\n") && !endsWithReturn
            endsWithReturn = isReturn
            if endsLine, hasLines { try endLine(body) } else { try take(byte, body) }
            if endsLine { line += 1 }
        }
    }

    /// Ends the text, and gives the last record, if there is one more.
    package mutating func finish<E>(_ body: (Record) throws(E) -> Void) throws(E) {
        try endLine(body)
    }

    private mutating func endLine<E>(_ body: (Record) throws(E) -> Void) throws(E) {
        if kind != nil {
            try emit(nil, body)
        } else if !open.isEmpty {
            startLine = line
            try emit("the text ends too early", body)
        }
        open = []
        (isInString, isUnlined) = (false, false)
    }

    private mutating func emit<E>(_ problem: String?, _ body: (Record) throws(E) -> Void) throws(E) {
        let record = Record(bytes: bytes, line: startLine, problem: problem)
        kind = nil
        bytes = []
        (depth, isInString, isEscaped) = (0, false, false)
        try body(record)
    }

    private mutating func take<E>(_ byte: UInt8, _ body: (Record) throws(E) -> Void) throws(E) {
        guard let kind else { return try takeBetween(byte, body) }
        if kind == .word, Self.endsWord(byte) {
            try emit(nil, body)
            return try takeBetween(byte, body)
        }
        bytes.append(byte)
        switch kind {
        case .object: scan(byte)
        case .string: scanString(byte)
        case .word, .line: break
        }
        if kind == .object && depth == 0 || kind == .string && !isInString {
            try emit(nil, body)
        } else if bytes.count > Self.longestRecord {
            try uncover(body)
        }
    }

    /// Takes a byte between records.
    private mutating func takeBetween<E>(_ byte: UInt8, _ body: (Record) throws(E) -> Void) throws(E) {
        guard !isInString else { return scanString(byte) }
        guard byte > 0x20 else { return }
        if hasLines, !isUnlined { return begin(.line, byte) }
        let isCovered = open.last == .object
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: ":"): break
        case UInt8(ascii: "{") where !isCovered:
            begin(.object, byte)
            depth = 1
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < Self.deepest else { return begin(.word, byte) }
            open.append(byte == UInt8(ascii: "{") ? .object : .list)
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            if open.popLast() == nil { begin(.word, byte) }
        case UInt8(ascii: "\""):
            if !isCovered { begin(.string, byte) }
            isInString = true
        default:
            if !isCovered { begin(.word, byte) }
        }
    }

    private mutating func begin(_ kind: Kind, _ byte: UInt8) {
        self.kind = kind
        bytes.append(byte)
        startLine = line
    }

    /// Reads the current record, which is too long for one, as the cover of others.
    private mutating func uncover<E>(_ body: (Record) throws(E) -> Void) throws(E) {
        let isCover = kind == .object || bytes[0] == UInt8(ascii: "{") || bytes[0] == UInt8(ascii: "[")
        guard isCover, open.count < Self.deepest else {
            let isString = kind == .string
            try emit("the record is longer than 1 MiB", body)
            isInString = isString
            return
        }
        let (text, last) = (bytes, line)
        kind = nil
        bytes = []
        (depth, isInString, isEscaped) = (0, false, false)
        isUnlined = true
        line = startLine
        var rest = text[...]
        if rest.removeFirst() == UInt8(ascii: "{") { open.append(.object) } else { open.append(.list) }
        for byte in rest {
            try take(byte, body)
            if byte == UInt8(ascii: "\n") { line += 1 }
        }
        line = last
    }

    private mutating func scan(_ byte: UInt8) {
        guard !isInString else { return scanString(byte) }
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
    }

    private mutating func scanString(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
        }
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case ...0x20, UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "}"),
            UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
