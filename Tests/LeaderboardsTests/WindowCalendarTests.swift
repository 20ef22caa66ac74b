import Leaderboards
import Testing

/// Windows have the ends and the names that calendars of the world give them.
struct WindowCalendarTests {
    private typealias Known = (zone: String, window: WindowKind, label: String, from: String, to: String)

    private static let known: [Known] = [
        // Days of 23, 24 and 25 hours, and what contains them.
        ("Europe/Berlin", .day, "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", .day, "2026-03-30", "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"),
        ("Europe/Berlin", .day, "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", .week, "2026-W13", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", .month, "2026-03", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("America/New_York", .day, "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        // The first days that can be asked for began before 1970 where clocks are behind UTC.
        ("America/New_York", .day, "1969-12-31", "1969-12-31T05:00:00Z", "1970-01-01T05:00:00Z"),
        ("UTC", .week, "1970-W01", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z"),
        // Zones without daylight saving, and offsets of 30 and 45 minutes.
        ("UTC", .month, "2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("UTC", .month, "2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("Asia/Tokyo", .day, "2026-03-29", "2026-03-28T15:00:00Z", "2026-03-29T15:00:00Z"),
        ("Asia/Kathmandu", .day, "2026-03-29", "2026-03-28T18:15:00Z", "2026-03-29T18:15:00Z"),
        ("Asia/Kolkata", .month, "2026-03", "2026-02-28T18:30:00Z", "2026-03-31T18:30:00Z"),
        ("Australia/Lord_Howe", .day, "2026-04-05", "2026-04-04T13:00:00Z", "2026-04-05T13:30:00Z"),
        ("Australia/Lord_Howe", .day, "2026-10-04", "2026-10-03T13:30:00Z", "2026-10-04T13:00:00Z"),
        ("Pacific/Chatham", .day, "2026-04-05", "2026-04-04T10:15:00Z", "2026-04-05T11:15:00Z"),
        ("Antarctica/Troll", .day, "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T22:00:00Z"),
        // Clocks that jumped over a whole date.
        ("Pacific/Apia", .day, "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", .day, "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        ("Pacific/Apia", .week, "2011-W52", "2011-12-26T10:00:00Z", "2012-01-01T10:00:00Z"),
        ("Pacific/Apia", .month, "2011-12", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z"),
        ("Pacific/Kwajalein", .day, "1993-08-20", "1993-08-20T12:00:00Z", "1993-08-21T12:00:00Z"),
        // Clocks that were put back at one minute past midnight: what has begun does not end again.
        ("America/St_Johns", .day, "2009-10-31", "2009-10-31T02:30:00Z", "2009-11-01T02:30:00Z"),
        ("America/St_Johns", .day, "2009-11-01", "2009-11-01T02:30:00Z", "2009-11-02T03:30:00Z"),
        ("America/St_Johns", .month, "2009-11", "2009-11-01T02:30:00Z", "2009-12-01T03:30:00Z"),
        // Midnights that do not exist, and midnights that come twice.
        ("America/Sao_Paulo", .day, "2017-10-15", "2017-10-15T03:00:00Z", "2017-10-16T02:00:00Z"),
        ("America/Sao_Paulo", .day, "2018-02-17", "2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z"),
        ("Asia/Beirut", .day, "2026-03-29", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"),
        ("Asia/Beirut", .day, "2026-10-24", "2026-10-23T21:00:00Z", "2026-10-24T22:00:00Z"),
        ("Africa/Cairo", .day, "2024-04-26", "2024-04-25T22:00:00Z", "2024-04-26T21:00:00Z"),
        // Changes for good, and daylight saving that is taken away in Ramadan.
        ("America/Sao_Paulo", .day, "2026-11-15", "2026-11-15T03:00:00Z", "2026-11-16T03:00:00Z"),
        ("Europe/Istanbul", .day, "2016-10-30", "2016-10-29T21:00:00Z", "2016-10-30T21:00:00Z"),
        ("Europe/Istanbul", .week, "2017-W01", "2017-01-01T21:00:00Z", "2017-01-08T21:00:00Z"),
        ("America/Caracas", .day, "2016-05-01", "2016-05-01T04:30:00Z", "2016-05-02T04:00:00Z"),
        ("Asia/Pyongyang", .day, "2018-05-04", "2018-05-03T15:30:00Z", "2018-05-04T15:00:00Z"),
        ("Africa/Casablanca", .day, "2026-02-15", "2026-02-14T23:00:00Z", "2026-02-16T00:00:00Z"),
        // The last rule of the table is still followed, and the last offset holds after it.
        ("Europe/Berlin", .day, "2100-07-01", "2100-06-30T22:00:00Z", "2100-07-01T22:00:00Z"),
        ("Europe/Berlin", .day, "2150-07-01", "2150-06-30T23:00:00Z", "2150-07-01T23:00:00Z"),
        ("UTC", .day, "9999-12-30", "9999-12-30T00:00:00Z", "9999-12-31T00:00:00Z"),
    ]

    @Test(arguments: known)
    private func `a window has these ends, seen from inside and asked for by name`(case known: Known) throws {
        let calendar = try calendar(known.zone)
        let from = try instant(known.from)
        let to = try instant(known.to)
        let expected = WindowInterval(window: known.window, label: known.label, from: from, to: to)
        #expect(calendar.interval(known.window, labelled: known.label) == expected)
        let middle = Instant(milliseconds: (from.milliseconds + to.milliseconds) / 2)
        let last = to + .milliseconds(-1)
        for inside in [from, middle, last] where inside >= Instant(milliseconds: 0) {
            #expect(calendar.interval(known.window, containing: inside) == expected)
            #expect(expected.contains(inside))
        }
        for outside in [from + .milliseconds(-1), to] {
            #expect(calendar.interval(known.window, containing: outside)?.label != known.label)
            #expect(!expected.contains(outside))
        }
    }

    @Test func `a date that comes back when clocks are put back stays behind`() throws {
        let calendar = try calendar("America/St_Johns")
        // One minute after the change clocks show 31 October 2009, 23:02, for the second time.
        let repeated = try instant("2009-11-01T02:32:00Z")
        #expect(calendar.interval(.day, containing: repeated)?.label == "2009-11-01")
        #expect(calendar.interval(.week, containing: repeated)?.label == "2009-W44")
        #expect(calendar.interval(.month, containing: repeated)?.label == "2009-11")
    }

    @Test(arguments: [
        ("1999-12-31", "1999-W52"), ("2000-01-02", "1999-W52"), ("2000-01-03", "2000-W01"),
        ("2008-12-28", "2008-W52"), ("2008-12-29", "2009-W01"), ("2010-01-03", "2009-W53"),
        ("2010-01-04", "2010-W01"), ("2020-12-31", "2020-W53"), ("2021-01-03", "2020-W53"),
        ("2021-01-04", "2021-W01"), ("2024-12-29", "2024-W52"), ("2024-12-30", "2025-W01"),
        ("2025-12-28", "2025-W52"), ("2025-12-29", "2026-W01"), ("2027-01-01", "2026-W53"),
    ])
    func `a date lies in this ISO week`(date: String, week: String) throws {
        let calendar = WindowCalendar(zone: .utc, seasons: [])
        #expect(try calendar.interval(.week, containing: instant("\(date)T00:00:00Z"))?.label == week)
        #expect(try calendar.interval(.week, containing: instant("\(date)T23:59:59.999Z"))?.label == week)
    }

    @Test(
        arguments: [
            (.day, ["2011-12-30", "2026-02-29", "2026-02-30", "2026-13-01", "2026-00-10", "2026-01-00"]),
            (.day, ["2026-1-01", "2026-01-1", "2026/01/01", "2026-01-01 ", " 2026-01-01", "+026-01-01", ""]),
            (.day, ["2026-01", "2026-W01", "20260101", "2026-01-0١", "2026-01-01\0", "0000-01-01"]),
            (.day, ["1969-12-30", "0001-01-01", "10000-01-01"]),
            (
                .week,
                ["2026-W00", "2026-W54", "2025-W53", "2026-w13", "2026-13", "2026-W1", "2026-W013", "W13"]
            ),
            (.week, ["2026W13", "2026-W13-1", "1969-W52", "9999-W52", "2026-03-29", ""]),
            (.month, ["2026-00", "2026-13", "2026-3", "2026-003", "202603", "2026-03-01", "2026-W03", ""]),
            (.month, ["1969-11", "2026-03 "]),
            (.season, ["0", "-1", "3", "01", "+1", "1 ", "one", "", "99999999999999999999"]),
            (.all, ["all", "1", " ", "2026"]),
        ] as [(WindowKind, [String])]
    )
    func `what is no name of a window gives none`(window: WindowKind, labels: [String]) throws {
        let calendar = try calendar("Pacific/Apia", seasons: [0, 1000])
        for label in labels { #expect(calendar.interval(window, labelled: label) == nil, "\(label)") }
    }

    @Test(arguments: [WindowKind.day, .week, .month])
    func `moments outside the years that can be written have no window`(window: WindowKind) throws {
        for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Niue"] {
            let calendar = try calendar(zone)
            #expect(calendar.interval(window, containing: Instant(milliseconds: 0)) != nil)
            for time in [.min, -1, 253_402_300_799_999, 253_402_300_800_000, .max] as [Int64] {
                #expect(calendar.interval(window, containing: Instant(milliseconds: time)) == nil, "\(time)")
            }
        }
    }

    @Test func `a window whose end cannot be written is no window`() throws {
        let utc = WindowCalendar(zone: .utc, seasons: [])
        #expect(utc.interval(.day, labelled: "9999-12-30") != nil)
        for (window, label) in [(.day, "9999-12-31"), (.week, "9999-W52"), (.month, "9999-12")]
            as [(WindowKind, String)]
        {
            #expect(utc.interval(window, labelled: label) == nil)
        }
    }

    @Test func `all time is one window without ends and without a name`() throws {
        let calendar = WindowCalendar(zone: .utc, seasons: [])
        let always = WindowInterval(window: .all, label: "", from: nil, to: nil)
        for time in [Int64.min, -1, 0, 1_800_000_000_000, .max] {
            #expect(calendar.interval(.all, containing: Instant(milliseconds: time)) == always)
            #expect(always.contains(Instant(milliseconds: time)))
        }
        #expect(calendar.interval(.all, labelled: "") == always)
    }

    @Test(arguments: [[1_000, 5_000, 9_000], [9_000, 1_000, 5_000]])
    func `a season lasts from its start to the next one`(starts: [Int64]) throws {
        let calendar = try calendar("UTC", seasons: starts)
        let seasons: [(Int64, String?)] = [
            (Int64.min, nil), (999, nil), (1_000, "1"), (4_999, "1"), (5_000, "2"), (8_999, "2"),
            (9_000, "3"),
            (.max, "3"),
        ]
        for (time, label) in seasons {
            let moment = Instant(milliseconds: time)
            let found = calendar.interval(.season, containing: moment)
            #expect(found?.label == label)
            #expect(found?.contains(moment) ?? true)
            if let label { #expect(calendar.interval(.season, labelled: label) == found) }
        }
        let second = WindowInterval(
            window: .season,
            label: "2",
            from: Instant(milliseconds: 5_000),
            to: Instant(milliseconds: 9_000)
        )
        #expect(calendar.interval(.season, labelled: "2") == second)
        #expect(calendar.interval(.season, labelled: "3")?.from == Instant(milliseconds: 9_000))
        #expect(calendar.interval(.season, labelled: "3")?.to == nil)
    }

    @Test func `without starts there is no season, and a season without any time has no window`() throws {
        let none = WindowCalendar(zone: .utc, seasons: [])
        #expect(none.interval(.season, containing: Instant(milliseconds: 1_000)) == nil)
        #expect(none.interval(.season, labelled: "1") == nil)
        let twice = try calendar("UTC", seasons: [1_000, 1_000, 5_000])
        #expect(twice.interval(.season, containing: Instant(milliseconds: 1_000))?.label == "2")
        #expect(twice.interval(.season, labelled: "1") == nil)
    }

    @Test(
        arguments: [
            (.day, "2011-12-29T09:59:59.999Z", "2011-12-30T09:59:59.999Z", ["2011-12-28", "2011-12-29"]),
            (
                .day, "2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z",
                ["2011-12-29", "2011-12-31", "2012-01-01"]
            ),
            (.week, "2011-12-30T00:00:00Z", "2012-01-01T10:00:00Z", ["2011-W52", "2012-W01"]),
            (.month, "2011-12-31T09:59:59.999Z", "2011-12-31T09:59:59.999Z", ["2011-12"]),
            (
                .month, "2011-11-15T00:00:00Z", "2012-02-15T00:00:00Z",
                ["2011-11", "2011-12", "2012-01", "2012-02"]
            ),
            (.month, "2012-02-15T00:00:00Z", "2011-11-15T00:00:00Z", []),
            (.all, "2011-12-30T00:00:00Z", "2012-01-01T10:00:00Z", [""]),
            (.season, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.999Z", []),
            (.season, "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z", ["1"]),
            (.season, "1970-01-01T00:00:04.999Z", "1970-01-01T00:00:05Z", ["1", "2"]),
            (.season, "1970-01-01T00:00:05Z", "2020-01-01T00:00:00Z", ["2"]),
        ] as [(WindowKind, String, String, [String])]
    )
    func `a stretch of time has these windows`(
        window: WindowKind,
        from: String,
        through: String,
        labels: [String]
    ) throws {
        let calendar = try calendar("Pacific/Apia", seasons: [1_000, 5_000])
        let found = try calendar.intervals(window, from: instant(from), through: instant(through))
        #expect(found.map(\.label) == labels)
        for (earlier, later) in zip(found, found.dropFirst()) { #expect(earlier.to == later.from) }
    }

    @Test func `a stretch without bounds is cut to the years that are known`() throws {
        let calendar = WindowCalendar(zone: .utc, seasons: [])
        let all = calendar.intervals(
            .month,
            from: Instant(milliseconds: .min),
            through: Instant(milliseconds: .max)
        )
        #expect(all.first?.label == "1970-01")
        #expect(all.last?.label == "9999-11")
        #expect(all.count == 8030 * 12 - 1)
        #expect(
            calendar.intervals(.season, from: Instant(milliseconds: .min), through: Instant(milliseconds: 0))
                == []
        )
    }

    private func calendar(_ zone: String, seasons: [Int64] = []) throws -> WindowCalendar {
        WindowCalendar(
            zone: try #require(ZoneRules(named: zone)),
            seasons: seasons.map { Instant(milliseconds: $0) }
        )
    }
}

/// The moment that an RFC 3339 text names, also before 1970.
private func instant(_ text: String) throws -> Instant {
    if text.hasPrefix("1969-12-") {
        let later = try #require(Instant(rfc3339: "1970-01-" + text.dropFirst(8)))
        return later + .seconds(-31 * 86_400)
    }
    return try #require(Instant(rfc3339: text))
}
