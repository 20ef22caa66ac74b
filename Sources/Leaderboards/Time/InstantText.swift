extension Instant: CustomStringConvertible {
    /// The moment as RFC 3339 text in UTC with milliseconds, for example `2026-03-01T12:30:00.250Z`.
    package var description: String { String(decoding: rfc3339, as: UTF8.self) }

    /// The bytes of ``description``, for writers that fill buffers.
    package var rfc3339: [UInt8] {
        let dayLength: Int64 = 86_400_000
        var days = milliseconds / dayLength
        var rest = milliseconds % dayLength
        if rest < 0 {
            rest += dayLength
            days -= 1
        }
        let date = CivilDay(daysSinceEpoch: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ number: Int64, digits: Int) {
            var divisor: Int64 = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
                divisor /= 10
            }
        }
        append(date.year, digits: 4)
        text.append(UInt8(ascii: "-"))
        append(date.month, digits: 2)
        text.append(UInt8(ascii: "-"))
        append(date.day, digits: 2)
        text.append(UInt8(ascii: "T"))
        append(rest / 3_600_000, digits: 2)
        text.append(UInt8(ascii: ":"))
        append(rest / 60_000 % 60, digits: 2)
        text.append(UInt8(ascii: ":"))
        append(rest / 1000 % 60, digits: 2)
        text.append(UInt8(ascii: "."))
        append(rest % 1000, digits: 3)
        text.append(UInt8(ascii: "Z"))
        return text
    }

    /// Reads an RFC 3339 date and time.
    ///
    /// - Parameter text: For example `2026-03-01T12:30:00Z` or `2026-03-01T13:30:00.250+01:00`; years 1970 to 9999;
    ///   digits beyond milliseconds are dropped. Anything else gives nil.
    package init?(rfc3339 text: String) {
        var scanner = TimeScanner(bytes: Array(text.utf8))
        guard
            let year = scanner.number(digits: 4, in: 1970...9999), scanner.skip("-"),
            let month = scanner.number(digits: 2, in: 1...12), scanner.skip("-"),
            let day = scanner.number(digits: 2, in: 1...31), scanner.skip("T") || scanner.skip("t"),
            let hour = scanner.number(digits: 2, in: 0...23), scanner.skip(":"),
            let minute = scanner.number(digits: 2, in: 0...59), scanner.skip(":"),
            // RFC 3339 knows leap seconds; like most clocks we count one as the second after it.
            let second = scanner.number(digits: 2, in: 0...60),
            let fraction = scanner.fraction(),
            let offset = scanner.offset(),
            scanner.isAtEnd
        else { return nil }
        let days = CivilDay(year: year, month: month, day: day).daysSinceEpoch
        let check = CivilDay(daysSinceEpoch: days)
        guard check.month == month, check.day == day else { return nil }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: seconds * 1000 + fraction)
    }
}

/// Reads the parts of an RFC 3339 text, or of a date alone, one after another.
struct TimeScanner {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(digits: Int, in range: ClosedRange<Int64>) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        position += digits
        return range.contains(value) ? value : nil
    }

    /// The milliseconds after the point; 0 where there is no point, nil for a point without digits.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        var value: Int64 = 0
        var digits = 0
        while let digit = number(digits: 1, in: 0...9) {
            if digits < 3 { value = value * 10 + digit }
            digits += 1
        }
        guard digits > 0 else { return nil }
        for _ in digits..<max(3, digits) { value *= 10 }
        return value
    }

    /// The offset from UTC in seconds.
    mutating func offset() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2, in: 0...23), skip(":"),
            let minutes = number(digits: 2, in: 0...59)
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
