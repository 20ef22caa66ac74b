package import Leaderboards

extension Instant {
    /// What ``init(spelled:now:)`` takes, for errors.
    package static let spellings = "such as 2026-03-01T12:00:00Z, 2026-03-01, 2026-W13, 2h, yesterday"

    /// Reads a time as operators type it: an instant in RFC 3339, or without its offset or its seconds, which is UTC then; a
    /// day, week or month by its label, which is its beginning in UTC; `now`, `today` and `yesterday`; or how long ago it
    /// is, such as `90s`, `2h`, `1d12h` or `3w`.
    package init?(spelled text: String, now: Instant) {
        let calendar = WindowCalendar(zone: .utc, seasons: [])
        let midnight = calendar.interval(.day, containing: now)?.from ?? now
        switch text {
        case "now": self = now
        case "today": self = midnight
        case "yesterday": self = midnight - .seconds(86_400)
        default:
            let windows = [WindowKind.day, .week, .month].lazy.compactMap {
                calendar.interval($0, labelled: text)?.from
            }
            if let start = windows.first {
                self = start
            } else if let age = Self.age(text) {
                self = now - age
            } else {
                // A number alone would be a time in a file; here it is more likely a slip.
                guard text.contains("-"), let time = Instant(imported: text) else { return nil }
                self = time
            }
        }
    }

    /// How long ago, in whole numbers with units.
    private static func age(_ text: String) -> Duration? {
        let units: [Character: Int64] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]
        var (rest, total) = (text[...], Int64(0))
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            // A hundred years in seconds have ten digits.
            guard digits.count <= 10, let number = Int64(digits),
                let unit = rest.popFirst().flatMap({ units[$0] })
            else { return nil }
            total += number * unit
        }
        return total > 0 ? .seconds(total) : nil
    }
}
