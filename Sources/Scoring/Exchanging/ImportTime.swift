import Leaderboards

/// Times as other systems write them.
enum ImportTime {
    /// Reads a time.
    ///
    /// - Parameter text: RFC 3339, also with a space for the `T`; without an offset it is UTC. A date alone is its
    ///   midnight. A number counts seconds since 1970 or, from 100,000,000,000 on, milliseconds.
    /// - Returns: The time; nil for anything else.
    static func read(_ text: String) -> Instant? {
        if let instant = Instant(rfc3339: text) { return instant }
        if let number = Int64(text), number > 0, number < 100_000_000_000_000 {
            return Instant(milliseconds: number < 100_000_000_000 ? number * 1000 : number)
        }
        var bytes = Array(text.utf8)
        if bytes.count == 10 { return Instant(rfc3339: text + "T00:00:00Z") }
        guard bytes.count >= 19 else { return nil }
        if bytes[10] == UInt8(ascii: " ") { bytes[10] = UInt8(ascii: "T") }
        let rest = bytes[19...]
        // PostgreSQL writes an offset of whole hours without minutes.
        if let sign = rest.lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) {
            if bytes.count - sign == 3 { bytes += Array(":00".utf8) }
        } else if rest.last != UInt8(ascii: "Z"), rest.last != UInt8(ascii: "z") {
            bytes.append(UInt8(ascii: "Z"))
        }
        return Instant(rfc3339: String(decoding: bytes, as: UTF8.self))
    }
}
