import Scoring
import ScoringSupport
import Foundation
import Leaderboards

/// The names of windows by Foundation's calendars, one moment at a time.
///
/// A window of local dates begins at the first moment whose local date is in it, and the window of a moment is the
/// last one that has begun by then. So it is the latest date that the clocks have shown so far that counts, which
/// differs from the date they show only after they were put back over midnight.
struct ModelCalendar: Sendable {
    private let calendar: Calendar

    init() {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        self.calendar = calendar
    }

    /// The name of the window that a moment is in; nil for a season before the first.
    func label(_ window: WindowKind, at instant: Instant, zone: String, seasons: [Instant]) -> String? {
        switch window {
        case .all: return ""
        case .season:
            let begun = seasons.count { $0 <= instant }
            return begun == 0 ? nil : "\(begun)"
        case .day, .week, .month: break
        }
        guard let zone = TimeZone(identifier: zone) else { return nil }
        let date = latestDate(at: Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000), zone)
        let parts = calendar.dateComponents(
            [.year, .month, .day, .yearForWeekOfYear, .weekOfYear],
            from: date
        )
        let year = padded(parts.year, 4)
        switch window {
        case .week: return "\(padded(parts.yearForWeekOfYear, 4))-W\(padded(parts.weekOfYear, 2))"
        case .month: return "\(year)-\(padded(parts.month, 2))"
        case .day, .all, .season: return "\(year)-\(padded(parts.month, 2))-\(padded(parts.day, 2))"
        }
    }

    /// What clocks would show, written as a moment in UTC, or what they showed before they were put back.
    private func latestDate(at moment: Date, _ zone: TimeZone) -> Date {
        func shown(_ moment: Date) -> Date { moment + Double(zone.secondsFromGMT(for: moment)) }
        var latest = shown(moment)
        // Clocks are put back by a day at most.
        var position = moment - 26 * 3600
        while let change = zone.nextDaylightSavingTimeTransition(after: position), change <= moment {
            latest = max(latest, shown(change - 0.001))
            position = change
        }
        return latest
    }

    private func padded(_ number: Int?, _ width: Int) -> String {
        let digits = "\(number ?? 0)"
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
