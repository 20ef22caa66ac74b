/// Writes JSON straight into a byte buffer.
///
/// Commas are put where they belong; nesting follows the closures:
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object {
///     $0.member("score", 1234)
///     $0.member("username", ifPresent: username)
///     $0.array("boards") { $0.value("chat") }
/// }
/// ```
///
/// Names of members are literals and are written as they are; all other text is escaped.
@usableFromInline package struct JSONWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value or name in the open container must be set off from the one before.
    private var needsComma = false

    package init(reservingCapacity capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// What has been written so far, as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    // MARK: - Containers

    /// Writes an object as the next value.
    @inlinable
    package mutating func object<E>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        beginObject()
        try body(&self)
        endObject()
    }

    /// Writes an array as the next value.
    @inlinable
    package mutating func array<E>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
        beginArray()
        try body(&self)
        endArray()
    }

    /// Opens an object that ``endObject()`` closes.
    @usableFromInline
    package mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// Closes the object opened last.
    @usableFromInline
    package mutating func endObject() {
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Opens an array that ``endArray()`` closes.
    @usableFromInline
    package mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    /// Closes the array opened last.
    @usableFromInline
    package mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    // MARK: - Names

    /// Writes a member's name, a literal without characters that need an escape; its value must follow.
    @usableFromInline
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a member's name that is not known in advance; its value must follow.
    package mutating func key(escaping name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: - Values

    /// Writes a string.
    package mutating func value(_ string: String) {
        separate()
        appendQuoted(string)
        needsComma = true
    }

    /// Writes a literal without characters that need an escape.
    package mutating func value(literal: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes an integer; readers that use doubles lose precision over 2^53.
    package mutating func value(_ integer: Int64) {
        separate()
        appendDecimal(integer)
        needsComma = true
    }

    package mutating func value(_ integer: Int) {
        value(Int64(integer))
    }

    /// Writes a truth value.
    package mutating func value(_ bool: Bool) {
        appendLiteral(bool ? "true" : "false")
    }

    /// Writes an id that may be larger than a double can hold as a string.
    package mutating func value(quoting integer: Int64) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        appendDecimal(integer)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes a number with 0 to 3 decimals, rounded half away from zero; as null when it is not finite or not below
    /// 10^15 in size, which JSON or the conversion cannot carry.
    package mutating func value(_ number: Double, decimals: Int) {
        let scale: Int64 = [1, 10, 100, 1000][min(max(decimals, 0), 3)]
        guard abs(number) < 1e15 else { return null() }
        let scaled = Int64((abs(number) * Double(scale)).rounded())
        separate()
        if number < 0, scaled > 0 { bytes.append(UInt8(ascii: "-")) }
        appendDecimal(scaled / scale)
        if scale > 1 {
            // Adding the scale keeps leading zeros; its own digit is overwritten by the point.
            let point = bytes.count
            appendDecimal(scaled % scale + scale)
            bytes[point] = UInt8(ascii: ".")
        }
        needsComma = true
    }

    /// Writes `null`.
    package mutating func null() {
        appendLiteral("null")
    }

    /// Writes bytes that are one JSON value already.
    package mutating func value(raw json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    // MARK: - Bytes

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func appendLiteral(_ literal: StaticString) {
        separate()
        literal.withUTF8Buffer { bytes.append(contentsOf: $0) }
        needsComma = true
    }

    private mutating func appendDecimal(_ integer: Int64) {
        if integer < 0 { bytes.append(UInt8(ascii: "-")) }
        var rest = integer.magnitude
        var (last, power): (UInt64, UInt64) = (rest, 1)
        while last >= 10 { (last, power) = (last / 10, power * 10) }
        while power > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / power))
            (rest, power) = (rest % power, power / 10)
        }
    }

    private mutating func appendQuoted(_ string: String) {
        var string = string
        bytes.append(UInt8(ascii: "\""))
        string.withUTF8 { appendEscaped($0) }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var (copied, next) = (0, 0)
        // Counted by hand: unoptimised, a sequence of pairs costs ten times as much, for every byte that is written.
        while next < utf8.count {
            let position = next
            let byte = utf8[position]
            next &+= 1
            if byte >= 0x20, byte != 0x22, byte != 0x5C, byte != 0xE2 { continue }
            let last: Int
            switch byte {
            case ..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): last = position
            // U+2028 and U+2029 end a line in older JavaScript; they are E2 80 A8 and E2 80 A9.
            case 0xE2 where utf8[position + 1] == 0x80 && utf8[position + 2] & 0xFE == 0xA8:
                last = position + 2
            default: continue
            }
            bytes.append(contentsOf: utf8[copied..<position])
            appendEscape(of: utf8[last], inMultibyteScalar: last > position)
            copied = last + 1
        }
        bytes.append(contentsOf: utf8[copied...])
    }

    private mutating func appendEscape(of byte: UInt8, inMultibyteScalar isMultibyte: Bool) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case _ where isMultibyte:
            bytes.append(contentsOf: byte == 0xA8 ? "u2028".utf8 : "u2029".utf8)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            let digits: StaticString = "0123456789abcdef"
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 0x0F)])
        }
    }
}
