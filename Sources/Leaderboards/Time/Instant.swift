/// A moment in whole milliseconds, the resolution that is stored and shown.
///
/// It lies in the years 0 to 9999, which RFC 3339 can write. Whatever is made of numbers that lead beyond is the first
/// or the last of these moments, so that no time, read from wherever, can overflow what is reckoned with it.
package struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: Int64

    /// 0000-01-01T00:00:00.000Z.
    package static let earliest = Instant(milliseconds: .min)
    /// 9999-12-31T23:59:59.999Z.
    package static let latest = Instant(milliseconds: .max)
    private static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// Makes a moment.
    ///
    /// - Parameter milliseconds: Milliseconds since the Unix epoch.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// Makes a moment.
    ///
    /// - Parameter seconds: Seconds since the Unix epoch.
    package init(seconds: Int64) { self.init(milliseconds: Duration.seconds(seconds).wholeMilliseconds) }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment that lies a duration later.
    ///
    /// - Parameters:
    ///   - instant: The moment to start from.
    ///   - duration: How much later; rounded down to milliseconds.
    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds.saturatingSum(with: duration.wholeMilliseconds))
    }

    /// The moment that lies a duration earlier.
    package static func - (instant: Instant, duration: Duration) -> Instant { instant + (.zero - duration) }

    /// The time from one moment to another.
    ///
    /// - Returns: The duration between, negative when `end` is earlier.
    package static func - (end: Instant, start: Instant) -> Duration {
        .milliseconds(end.milliseconds - start.milliseconds)
    }
}

extension Duration {
    /// A hundred years, longer than anything is waited for.
    package static let longest = Duration.seconds(36_525 * 86_400)

    /// So many seconds, at most ``longest``; `seconds(_:)` ends the process for what 128 bits do not hold.
    package static func boundedSeconds(_ seconds: Double) -> Duration {
        let limit = Double(longest.components.seconds)
        return seconds < limit ? .seconds(max(seconds, -limit)) : longest
    }

    /// The duration in whole milliseconds, rounded towards zero; the end of the range for what lies beyond.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        if overflows { return seconds < 0 ? .min : .max }
        return milliseconds.saturatingSum(with: attoseconds / 1_000_000_000_000_000)
    }
}

extension Int64 {
    /// The sum, or the end of the range that it would lie beyond.
    func saturatingSum(with other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? (other < 0 ? .min : .max) : sum
    }
}

/// The day of a civil calendar (proleptic Gregorian).
struct CivilDay {
    var year: Int64
    var month: Int64
    var day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that is so many days after 1970-01-01.
    init(daysSinceEpoch days: Int64) {
        // Eras of 400 years begin on 1 March, so that the leap day is the last of its year.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 1970-01-01 the day is.
    var daysSinceEpoch: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}
