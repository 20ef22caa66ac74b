import Foundation
import Leaderboards
import Testing

/// Windows compared with a walk through time that asks the system for the offset every quarter of an hour.
struct WindowWalkTests {
    private typealias Walk = (zone: String, years: ClosedRange<Int>)

    private static let walks: [Walk] = [
        ("UTC", 2020...2020), ("Europe/Berlin", 2026...2026), ("America/St_Johns", 2010...2011),
        ("Pacific/Apia", 2011...2011), ("America/Sao_Paulo", 2017...2018), ("Asia/Beirut", 2026...2026),
        ("Africa/Cairo", 2024...2024), ("Australia/Lord_Howe", 2026...2026), ("Pacific/Chatham", 2026...2026),
        ("Antarctica/Troll", 2026...2026), ("Africa/Casablanca", 2026...2026),
        ("Europe/Istanbul", 2016...2016),
        ("Pacific/Kwajalein", 1993...1993), ("Asia/Kathmandu", 1985...1985), ("America/Caracas", 2016...2016),
        ("Africa/Monrovia", 1972...1972), ("America/Havana", 2026...2026),
        ("America/Scoresbysund", 2024...2024),
    ]

    @Test(.timeLimit(.minutes(10)), arguments: walks)
    private func `windows follow the dates that clocks show`(walk: Walk) throws {
        let zone = try #require(TimeZone(identifier: walk.zone))
        let calendar = WindowCalendar(zone: try #require(ZoneRules(named: walk.zone)), seasons: [])
        let start = CountedDate.beginning(ofYear: walk.years.lowerBound)
        let end = CountedDate.beginning(ofYear: walk.years.upperBound + 1)
        var latest = Int.min
        var current: [WindowKind: WindowInterval] = [:]
        for second in stride(from: start * 86_400, to: end * 86_400, by: 900) {
            latest = max(latest, day(at: second, in: zone))
            let date = CountedDate.all[latest]
            let moment = Instant(milliseconds: Int64(second) * 1000)
            for (window, label) in [(.day, date.day), (.week, date.week), (.month, date.month)]
                as [(WindowKind, String)]
            {
                let found = try #require(calendar.interval(window, containing: moment))
                if let known = current[window], known == found, found.label == label, found.contains(moment) {
                    continue
                }
                current[window].map { checkStep(from: $0, to: found, at: second, in: zone) }
                #expect(found.label == label)
                #expect(found.contains(moment))
                #expect(calendar.interval(window, labelled: label) == found)
                try #require(found.label == label, "at \(second) s in \(walk.zone)")
                current[window] = found
            }
        }
    }

    /// The second window follows the first without a gap and begins with the first moment of its first date.
    private func checkStep(
        from earlier: WindowInterval,
        to later: WindowInterval,
        at second: Int,
        in zone: TimeZone
    ) {
        #expect(earlier.label < later.label)
        #expect(earlier.to == later.from)
        guard let begin = later.from else {
            Issue.record("\(later.label) has no beginning")
            return
        }
        let first = Int(begin.milliseconds / 1000)
        #expect((second - 899...second).contains(first))
        #expect(CountedDate.all[day(at: first, in: zone)].label(later.window) == later.label)
        #expect(CountedDate.all[day(at: first - 1, in: zone)].label(later.window) < later.label)
    }

    /// The date on the clocks of a zone, as days since 1970-01-01.
    private func day(at second: Int, in zone: TimeZone) -> Int {
        (second + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))) / 86_400
    }
}

/// A date with the names of its windows, counted one by one and not reckoned by a calendar.
private struct CountedDate {
    let day: String
    let week: String
    let month: String

    func label(_ window: WindowKind) -> String {
        switch window {
        case .all, .season: ""
        case .day: day
        case .week: week
        case .month: month
        }
    }

    /// The dates of 1970 to 2030, by days since 1970-01-01.
    static let all: [CountedDate] = {
        var dates: [(year: Int, month: Int, day: Int)] = []
        for year in 1970...2030 {
            let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
            for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated()
            {
                for day in 1...length { dates.append((year, index + 1, day)) }
            }
        }
        // 1970 began on a Thursday, in the first week of its year.
        var week = (year: 1970, number: 1)
        return dates.enumerated().map { index, date in
            if index % 7 == 4 {
                // The first week of a year is the one with 4 January in it.
                let new = dates[index..<min(index + 7, dates.count)].first { $0.month == 1 && $0.day == 4 }
                week = new.map { (year: $0.year, number: 1) } ?? (year: week.year, number: week.number + 1)
            }
            return CountedDate(
                day: "\(date.year)-\(padded(date.month))-\(padded(date.day))",
                week: "\(week.year)-W\(padded(week.number))",
                month: "\(date.year)-\(padded(date.month))"
            )
        }
    }()

    /// The index of the first date of a year.
    static func beginning(ofYear year: Int) -> Int { all.firstIndex { $0.day == "\(year)-01-01" } ?? 0 }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
