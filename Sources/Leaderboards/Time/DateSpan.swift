/// The local dates that a day, a week or a month is made of, with the name they share.
struct DateSpan {
    let window: WindowKind
    /// The dates as days since 1970-01-01.
    let days: Range<Int64>
    let label: String

    /// The span that a date belongs to.
    ///
    /// - Parameters:
    ///   - window: A day, a week of ISO 8601 or a month; other windows are not made of dates and give nil.
    ///   - day: The date as days since 1970-01-01, in the years 0 to 9999.
    init?(_ window: WindowKind, containing day: Int64) {
        self.window = window
        switch window {
        case .all, .season: return nil
        case .month:
            let date = CivilDay(daysSinceEpoch: day)
            let first = day - date.day + 1
            let following =
                date.month == 12
                ? CivilDay(year: date.year + 1, month: 1, day: 1)
                : CivilDay(year: date.year, month: date.month + 1, day: 1)
            days = first..<following.daysSinceEpoch
            label = String(year: date.year, month: date.month)
        case .week:
            // Day 0 was a Thursday. ISO 8601: a week belongs to the year that its Thursday lies in.
            let monday = day - (day + 3).modulo(7)
            let year = CivilDay(daysSinceEpoch: monday + 3).year
            let newYear = CivilDay(year: year, month: 1, day: 1).daysSinceEpoch
            days = monday..<monday + 7
            label = String(year: year, week: (monday + 3 - newYear) / 7 + 1)
        case .day:
            let date = CivilDay(daysSinceEpoch: day)
            days = day..<day + 1
            label = String(year: date.year, month: date.month, day: date.day)
        }
    }

    /// The span with a name.
    ///
    /// - Parameter label: For example `2026-03-29`, `2026-W13` or `2026-03`; anything that no date of the calendar gives, such
    ///   as a thirtieth of February or a 53rd week of most years, gives nil.
    init?(_ window: WindowKind, labelled label: String) {
        var scanner = TimeScanner(bytes: Array(label.utf8))
        guard let year = scanner.number(digits: 4, in: 0...9999), scanner.skip("-") else { return nil }
        let day: Int64
        switch window {
        case .all, .season: return nil
        case .week:
            guard scanner.skip("W"), let week = scanner.number(digits: 2, in: 1...53) else { return nil }
            // 4 January is always in the first week.
            day = CivilDay(year: year, month: 1, day: 4).daysSinceEpoch + (week - 1) * 7
        case .month:
            guard let month = scanner.number(digits: 2, in: 1...12) else { return nil }
            day = CivilDay(year: year, month: month, day: 1).daysSinceEpoch
        case .day:
            guard let month = scanner.number(digits: 2, in: 1...12), scanner.skip("-"),
                let dayOfMonth = scanner.number(digits: 2, in: 1...31)
            else { return nil }
            day = CivilDay(year: year, month: month, day: dayOfMonth).daysSinceEpoch
        }
        self.init(window, containing: day)
        guard scanner.isAtEnd, self.label == label else { return nil }
    }
}

extension Int64 {
    /// The rest of a division rounded down, which is never negative for a divisor above 0.
    fileprivate func modulo(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}

/// Labels are written as bytes: they are short enough to be kept inside the string itself, without an allocation.
extension String {
    fileprivate init(year: Int64, month: Int64, day: Int64) {
        self.init(unsafeUninitializedCapacity: 10) { bytes in
            bytes.write(year, digits: 4, at: 0)
            bytes[4] = UInt8(ascii: "-")
            bytes.write(month, digits: 2, at: 5)
            bytes[7] = UInt8(ascii: "-")
            bytes.write(day, digits: 2, at: 8)
            return 10
        }
    }

    fileprivate init(year: Int64, month: Int64) {
        self.init(unsafeUninitializedCapacity: 7) { bytes in
            bytes.write(year, digits: 4, at: 0)
            bytes[4] = UInt8(ascii: "-")
            bytes.write(month, digits: 2, at: 5)
            return 7
        }
    }

    fileprivate init(year: Int64, week: Int64) {
        self.init(unsafeUninitializedCapacity: 8) { bytes in
            bytes.write(year, digits: 4, at: 0)
            bytes[4] = UInt8(ascii: "-")
            bytes[5] = UInt8(ascii: "W")
            bytes.write(week, digits: 2, at: 6)
            return 8
        }
    }
}

extension UnsafeMutableBufferPointer<UInt8> {
    /// Writes the last decimal digits of a number that is not negative.
    fileprivate func write(_ number: Int64, digits: Int, at position: Int) {
        var rest = number
        for index in (position..<position + digits).reversed() {
            self[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}
