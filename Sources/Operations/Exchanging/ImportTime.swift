package import Leaderboards

extension Instant {
    /// Reads a time as other systems write it.
    ///
    /// - Parameter text: RFC 3339, also with slashes, a space for the `T`, without seconds, without an offset or with one of
    ///   hours alone; without an offset it is UTC. A date alone is its midnight. A number counts seconds since 1970 or, from
    ///   100,000,000,000 on, thousandths, millionths or billionths.
    ///   Anything else gives nil, dates with the year last, too: nobody knows which is the month.
    package init?(imported text: String) {
        if let number = Int64(text) {
            guard number > 0 else { return nil }
            var milliseconds = number < 100_000_000_000 ? number * 1000 : number
            while milliseconds >= 100_000_000_000_000 { milliseconds /= 1000 }
            self.init(milliseconds: milliseconds)
        } else if let seconds = Double(text) {
            guard seconds > 0, seconds < 100_000_000_000 else { return nil }
            self.init(milliseconds: Int64((seconds * 1000).rounded(.down)))
        } else {
            self.init(rfc3339: Instant(rfc3339: text) == nil ? Self.completed(text) : text)
        }
    }

    /// Writes out what RFC 3339 wants and other systems leave out.
    private static func completed(_ text: String) -> String {
        var bytes = Array(text.utf8)
        guard bytes.count >= 10 else { return text }
        for index in [4, 7] where bytes[index] == UInt8(ascii: "/") { bytes[index] = UInt8(ascii: "-") }
        var offset: [UInt8] = []
        if bytes.count > 10 {
            if bytes[10] == UInt8(ascii: " ") { bytes[10] = UInt8(ascii: "T") }
            let start = bytes[11...].firstIndex { !isClock($0) } ?? bytes.endIndex
            offset = bytes[start...].filter { $0 != UInt8(ascii: " ") }
            bytes.removeSubrange(start...)
        } else {
            bytes += Array("T00:00".utf8)
        }
        if bytes.count == 16 { bytes += Array(":00".utf8) }
        switch offset.count {
        case 0: offset = [UInt8(ascii: "Z")]
        case 3 where offset == Array("UTC".utf8): offset = [UInt8(ascii: "Z")]
        // PostgreSQL writes an offset of whole hours without minutes.
        case 3: offset += Array(":00".utf8)
        case 5: offset.insert(UInt8(ascii: ":"), at: 3)
        default: break
        }
        return String(decoding: bytes + offset, as: UTF8.self)
    }

    private static func isClock(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }
}
