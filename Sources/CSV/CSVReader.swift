/// Reads values separated by commas, or by another character, piece by piece, however they are cut (RFC 4180).
///
/// Lines end with CRLF, LF or CR. Empty lines are passed over, and so are blanks around fields. Quotes within a field that
/// does not begin with one stand for themselves, and `\"` is a quote in files that show that they mean it so. What is wrong
/// with one record is told with it, and the next one is read all the same.
package struct CSVReader: Sendable {
    /// Longer records are taken for what an unclosed quote makes of the rest of a file.
    package static let longestRecord = 1 << 20

    private enum State {
        case fieldStart, plain, quoted, escape
        /// After a quote that may have closed a field, or be the first of two.
        case quoteInQuoted
        /// After blanks behind it.
        case closed
        /// Passing over the rest of a record that is wrong.
        case skipping
    }

    private let delimiter: UInt8
    private var state = State.fieldStart
    private var record = CSVRecord()
    private var problem: String?
    private var line = 1
    private var endsWithReturn = false
    private var usesBackslashes = false

    package init(delimiter: UInt8 = UInt8(ascii: ",")) { self.delimiter = delimiter }

    /// Takes the next piece, and gives each record that is complete, valid during the call.
    package mutating func read<E>(
        _ piece: some Sequence<UInt8>,
        _ body: (borrowing CSVRecord) throws(E) -> Void
    ) throws(E) {
        for byte in piece { try take(byte, body) }
    }

    /// Ends the text, and gives the last record, if there is one more: a last line may lack its end.
    package mutating func finish<E>(_ body: (borrowing CSVRecord) throws(E) -> Void) throws(E) {
        if state == .quoted || state == .escape { problem = problem ?? "a quoted field is not closed" }
        try endRecord(body)
    }

    private mutating func take<E>(
        _ byte: UInt8,
        _ body: (borrowing CSVRecord) throws(E) -> Void
    ) throws(E) {
        let isReturn = byte == UInt8(ascii: "\r")
        let isSecondHalf = endsWithReturn && byte == UInt8(ascii: "\n")
        endsWithReturn = isReturn
        let endsLine = isReturn || byte == UInt8(ascii: "\n")
        if endsLine, !isSecondHalf { line += 1 }
        switch state {
        case .quoted:
            if byte == UInt8(ascii: "\"") {
                state = .quoteInQuoted
            } else if byte == UInt8(ascii: "\\"), usesBackslashes {
                state = .escape
            } else {
                add(byte)
            }
        case .escape:
            if byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { add(UInt8(ascii: "\\")) }
            add(byte)
            state = .quoted
        default:
            guard endsLine else { return takeBare(byte) }
            // What CR has ended, the LF behind it does not end again.
            if !isSecondHalf { try endRecord(body) }
        }
    }

    /// Takes a byte outside of quotes.
    private mutating func takeBare(_ byte: UInt8) {
        let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
        switch state {
        case .skipping: break
        case _ where byte == delimiter:
            record.endField()
            state = .fieldStart
        case .fieldStart where isBlank, .closed where isBlank: break
        case .quoteInQuoted where isBlank: state = .closed
        case .fieldStart where byte == UInt8(ascii: "\""):
            record.beginQuoted()
            state = .quoted
        case .quoteInQuoted where byte == UInt8(ascii: "\""):
            add(byte)
            state = .quoted
        case .quoteInQuoted where record.dropBackslash():
            usesBackslashes = true
            add(UInt8(ascii: "\""))
            add(byte)
            state = .quoted
        case .quoteInQuoted, .closed: fail("something follows a closing quote")
        default:
            add(byte)
            if state != .skipping { state = .plain }
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
        }
        if problem == nil {
            guard state != .fieldStart || !record.isEmpty else { return }
            record.endField()
        }
        record.problem = problem
        try body(record)
    }
}
