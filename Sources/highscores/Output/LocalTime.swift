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
}
