/// One record: its fields, and where it stands.
package struct CSVRecord: Sendable {
    private struct Field {
        var end: Int
        var isQuoted: Bool
    }

    private(set) var bytes: [UInt8] = []
    private var ended: [Field] = []
    private var isQuoted = false
    /// The number of its first line, from 1.
    package internal(set) var line = 1
    /// What is wrong with it; nil when it is right.
    package internal(set) var problem: String?

    init() {}

    /// How many fields it has.
    package var count: Int { ended.count }

    /// Whether all of it is UTF-8; what is not reads as U+FFFD.
    package var isUTF8: Bool {
        bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }

    /// The text of a field.
    package subscript(index: Int) -> String {
        String(decoding: bytes[start(of: index)..<ended[index].end], as: UTF8.self)
    }

    /// Whether a field was written in quotes.
    package func isQuoted(_ index: Int) -> Bool { ended[index].isQuoted }

    /// Whether a field holds nothing.
    package func isEmpty(_ index: Int) -> Bool { start(of: index) == ended[index].end }

    /// The texts of all fields.
    package var fields: [String] { (0..<count).map { self[$0] } }

    private func start(of index: Int) -> Int { index == 0 ? 0 : ended[index - 1].end }

    var isEmpty: Bool { bytes.isEmpty && ended.isEmpty && !isQuoted }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }
    mutating func beginQuoted() { isQuoted = true }

    mutating func endField() {
        let start = ended.last?.end ?? 0
        while !isQuoted, bytes.count > start,
            bytes.last == UInt8(ascii: " ") || bytes.last == UInt8(ascii: "\t")
        {
            bytes.removeLast()
        }
        ended.append(Field(end: bytes.count, isQuoted: isQuoted))
        isQuoted = false
    }

    /// Takes a backslash off the end of the field that is being read.
    mutating func dropBackslash() -> Bool {
        guard bytes.count > ended.last?.end ?? 0, bytes.last == UInt8(ascii: "\\") else { return false }
        bytes.removeLast()
        return true
    }

    mutating func clear(line: Int) {
        bytes.removeAll(keepingCapacity: true)
        ended.removeAll(keepingCapacity: true)
        isQuoted = false
        self.line = line
        problem = nil
    }
}
