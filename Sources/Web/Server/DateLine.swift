import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The header `Date`, written once a second.
final class DateLine: Sendable {
    static let shared = DateLine()

    private let latest = Mutex((second: -1, line: [UInt8]()))

    /// The line of the present second, with its end.
    var now: [UInt8] {
        let second = Int(time(nil))
        return latest.withLock {
            if $0.second != second { $0 = (second, Self.line(second)) }
            return $0.line
        }
    }

    /// Writes a time as RFC 9110, section 5.6.7, wants it.
    static func line(_ second: Int) -> [UInt8] {
        var seconds = time_t(second)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(twoDigits).joined(separator: ":")
        let date =
            "\(twoDigits(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900)"
        return Array("Date: \(days[Int(parts.tm_wday)]), \(date) \(clock) GMT\r\n".utf8)
    }

    private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
