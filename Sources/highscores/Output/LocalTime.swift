import Glibc
import Leaderboards

extension Instant {
    /// The moment as RFC 3339 text in this machine's time zone, with its offset from UTC.
    var localText: String {
        var seconds = time_t(milliseconds / 1000)
        var local = tm()
        guard milliseconds >= 0, localtime_r(&seconds, &local) != nil else { return description }
        let shifted = Instant(milliseconds: milliseconds + Int64(local.tm_gmtoff) * 1000).description
        let minutes = abs(local.tm_gmtoff) / 60
        let digits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return shifted.dropLast() + (local.tm_gmtoff < 0 ? "-" : "+") + digits(minutes / 60) + ":"
            + digits(minutes % 60)
    }

    /// The moment to the second, as RFC 3339 text in UTC, which options take again.
    var secondsText: String { description.prefix(19) + "Z" }

    /// ``localText`` to the second.
    var localSecondsText: String {
        let text = localText
        return String(text.prefix(19) + text.dropFirst(23))
    }

    /// How far the moment is from another: `12 s ago`, `in 5 min`.
    func text(relativeTo now: Instant) -> String {
        let seconds = abs((now - self).wholeMilliseconds) / 1000
        let distance =
            switch seconds {
            case ..<100: "\(seconds) s"
            case ..<6000: "\(seconds / 60) min"
            case ..<172_800: "\(seconds / 3600) h"
            default: "\(seconds / 86_400) days"
            }
        return self > now ? "in \(distance)" : "\(distance) ago"
    }
}
