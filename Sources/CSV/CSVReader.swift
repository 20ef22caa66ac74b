/// Reads comma-separated values (RFC 4180) piece by piece, however they are cut.
///
/// Lines end with CRLF or LF; a byte order mark before the first is passed over, and so are empty lines. What is wrong
/// with one record is told with it, and the next one is read all the same.
package struct CSVReader: Sendable {
    /// Longer records are taken for what an unclosed quote makes of the rest of a file.
    package static let longestRecord = 1 << 20

    private enum State {
        case fieldStart, plain, quoted, quoteInQuoted
        /// Passing over the rest of a record that is wrong.
        case skipping
    }

    private var state = State.fieldStart
    private var record = CSVRecord()
    private var problem: String?
    private var line = 1
    /// Whether the text may still begin with a byte order mark, and what was seen of it.
    private var isAtStart = true
    private var head: [UInt8] = []
    private var endsWithReturn = false

    /// A reader at the start of a text.
    package init() {}

    /// Takes the next piece.
    ///
    /// - Parameters:
    ///   - piece: Some bytes.
    ///   - body: Is given each record that is complete; valid during the call.
    /// - Throws: What the body throws.
    package mutating func read<E>(
        _ piece: some Sequence<UInt8>,
        _ body: (borrowing CSVRecord) throws(E) -> Void
    ) throws(E) {
        for byte in piece {
            guard isAtStart else {
                try take(byte, body)
                continue
            }
            head.append(byte)
            if !Self.mark.starts(with: head) {
                try begin(body)
            } else if head == Self.mark {
                isAtStart = false
            }
        }
    }

    /// Ends the text: a last line may lack its end.
    ///
    /// - Parameter body: Is given the last record, if there is one more.
    /// - Throws: What the body throws.
    package mutating func finish<E>(_ body: (borrowing CSVRecord) throws(E) -> Void) throws(E) {
        if isAtStart { try begin(body) }
        if state == .quoted { problem = problem ?? "a quoted field is not closed" }
        try endRecord(body)
    }

    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Takes the first bytes, which turned out to be no mark.
    private mutating func begin<E>(_ body: (borrowing CSVRecord) throws(E) -> Void) throws(E) {
        isAtStart = false
        for byte in head { try take(byte, body) }
    }

    private mutating func take<E>(
        _ byte: UInt8,
        _ body: (borrowing CSVRecord) throws(E) -> Void
    ) throws(E) {
        let isNewline = byte == UInt8(ascii: "\n")
        if isNewline { line += 1 }
        switch state {
        case .skipping:
            if isNewline { try endRecord(body) }
        case .quoted:
            if byte == UInt8(ascii: "\"") {
                state = .quoteInQuoted
            } else {
                add(byte)
            }
        case .quoteInQuoted where byte == UInt8(ascii: "\""):
            add(byte)
            state = .quoted
        case .fieldStart where byte == UInt8(ascii: "\""):
            state = .quoted
            record.beginQuoted()
        default:
            try takeBare(byte, isNewline, body)
        }
    }

    /// Takes a byte outside of quotes.
    private mutating func takeBare<E>(
        _ byte: UInt8,
        _ isNewline: Bool,
        _ body: (borrowing CSVRecord) throws(E) -> Void
    ) throws(E) {
        defer { endsWithReturn = byte == UInt8(ascii: "\r") }
        if isNewline {
            if endsWithReturn, state == .plain {
                record.dropLast()
                if record.isEmpty { state = .fieldStart }
            }
            return try endRecord(body)
        }
        switch (byte, state) {
        case (UInt8(ascii: ","), _):
            record.endField()
            state = .fieldStart
        case (UInt8(ascii: "\r"), .quoteInQuoted):
            break
        case (_, .quoteInQuoted):
            fail("something follows a closing quote")
        case (UInt8(ascii: "\""), _):
            fail("a quote stands within a field that does not begin with one")
        default:
            add(byte)
            state = .plain
        }
    }

    private mutating func add(_ byte: UInt8) {
        record.append(byte)
        if record.bytes.count > Self.longestRecord { fail("the record is longer than 1 MiB") }
    }

    private mutating func fail(_ reason: String) {
        problem = reason
        state = .skipping
    }

    private mutating func endRecord<E>(_ body: (borrowing CSVRecord) throws(E) -> Void) throws(E) {
        defer {
            record.clear(line: line)
            problem = nil
            state = .fieldStart
            endsWithReturn = false
        }
        if problem == nil {
            guard state != .fieldStart || !record.isEmpty else { return }
            record.endField()
        }
        record.problem = problem
        try body(record)
    }
}

/// One record: its fields, and where it stands.
package struct CSVRecord: Sendable {
    fileprivate(set) var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var isQuoted = false
    /// The number of its first line, from 1.
    package private(set) var line = 1
    /// What is wrong with it; nil when it is right.
    package fileprivate(set) var problem: String?

    fileprivate init() {}

    /// How many fields it has.
    package var count: Int { ends.count }

    /// The text of a field.
    ///
    /// - Parameter index: Which, from 0.
    package subscript(index: Int) -> String {
        String(decoding: bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]], as: UTF8.self)
    }

    /// The texts of all fields.
    package var fields: [String] { (0..<count).map { self[$0] } }

    fileprivate var isEmpty: Bool { bytes.isEmpty && ends.isEmpty && !isQuoted }

    fileprivate mutating func append(_ byte: UInt8) { bytes.append(byte) }
    fileprivate mutating func beginQuoted() { isQuoted = true }
    fileprivate mutating func dropLast() { if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() } }
    fileprivate mutating func endField() { ends.append(bytes.count) }

    fileprivate mutating func clear(line: Int) {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        isQuoted = false
        self.line = line
        problem = nil
    }
}
