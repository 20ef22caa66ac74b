import Foundation
import TestSupport
import Testing

@testable import Leaderboards

/// Zones are those of the IANA database, and their tables say what clocks show.
struct ZoneRulesTests {
    @Test(arguments: [
        "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Europe/Kyiv", "Asia/Calcutta",
        "US/Pacific",
        "Etc/UTC", "Etc/GMT+5", "Pacific/Apia",
    ])
    func `a name of the database is a zone`(name: String) throws {
        let rules = try #require(ZoneRules(named: name))
        #expect(rules.name == name)
        #expect(ZoneRules(named: name) == rules)
    }

    @Test(arguments: [
        "", "/", "utc", "GMT", "GMT+5", "UTC+1", "+01:00", "CET", "EST5EDT", "Berlin", "Europe/",
        "Europe/Atlantis",
        "europe/berlin", "Europe/berlin", "Europe/Berlin/", " Europe/Berlin", "Europe/Berlin ",
        "../Europe/Berlin",
        "posix/Europe/Berlin", "Etc/Unknown", "Europe/Berlin\0",
    ])
    func `anything else is none`(name: String) {
        #expect(ZoneRules(named: name) == nil)
    }

    @Test func `zones are told apart by their names`() throws {
        let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
        #expect(berlin != .utc)
        #expect(ZoneRules(named: "UTC") == .utc)
        #expect(try Set([berlin, .utc, #require(ZoneRules(named: "Europe/Berlin"))]).count == 2)
    }

    @Test func `every known zone gives the date on its clocks`() throws {
        var random = SeededGenerator(seed: 20_261_122)
        for name in TimeZone.knownTimeZoneIdentifiers where name.contains("/") {
            let zone = try #require(TimeZone(identifier: name))
            let rules = try #require(ZoneRules(named: name))
            for _ in 0..<100 {
                let second = Int64.random(in: 100_000..<4_133_980_800, using: &random)
                let date = Date(timeIntervalSince1970: Double(second))
                let local = second + Int64(zone.secondsFromGMT(for: date))
                // Close to midnight a date may have begun and been taken back.
                guard (3...20).contains(local / 3600 % 24) else { continue }
                let day = rules.localDay(at: Instant(milliseconds: second * 1000))
                guard day == local / 86_400 else {
                    Issue.record("\(name) shows another date \(second) s after the epoch: \(day)")
                    break
                }
            }
        }
    }

    @Test func `a table answers before its first change, between changes and after its last`() {
        let hour: Int64 = 3_600_000
        let rules = ZoneRules(
            name: "Test/Clock",
            offset: -2 * hour,
            changes: [(at: 10 * 24 * hour, offset: 3 * hour), (at: 20 * 24 * hour, offset: 0)]
        )
        #expect(rules.begin(ofDay: -1) == Instant(milliseconds: -22 * hour))
        #expect(rules.begin(ofDay: 1) == Instant(milliseconds: 26 * hour))
        // Clocks jumped from 22:00 to 3:00.
        #expect(rules.begin(ofDay: 10) == Instant(milliseconds: 240 * hour))
        #expect(rules.begin(ofDay: 11) == Instant(milliseconds: 261 * hour))
        // Clocks were put back from 3:00 on day 20 to midnight, after that day had begun.
        #expect(rules.begin(ofDay: 20) == Instant(milliseconds: 477 * hour))
        #expect(rules.begin(ofDay: 21) == Instant(milliseconds: 504 * hour))
        #expect(rules.localDay(at: Instant(milliseconds: -22 * hour - 1)) == -2)
        #expect(rules.localDay(at: Instant(milliseconds: 240 * hour - 1)) == 9)
        #expect(rules.localDay(at: Instant(milliseconds: 240 * hour)) == 10)
        #expect(rules.localDay(at: Instant(milliseconds: 477 * hour - 1)) == 19)
        #expect(rules.localDay(at: Instant(milliseconds: 480 * hour)) == 20)
    }

    @Test func `clocks put back by more than a day do not take back dates`() {
        let hour: Int64 = 3_600_000
        let rules = ZoneRules(
            name: "Test/Dateline",
            offset: 12 * hour,
            changes: [(at: 240 * hour, offset: -12 * hour), (at: 241 * hour, offset: -13 * hour)]
        )
        // Day 10 has begun 12 hours before clocks show days 9 and 10 again.
        for time in [228, 239, 240, 241, 264, 276] as [Int64] {
            #expect(rules.localDay(at: Instant(milliseconds: time * hour)) == 10, "\(time)")
        }
        #expect(rules.localDay(at: Instant(milliseconds: 277 * hour - 1)) == 10)
        #expect(rules.localDay(at: Instant(milliseconds: 277 * hour)) == 11)
        #expect(rules.begin(ofDay: 10) == Instant(milliseconds: 228 * hour))
        #expect(rules.begin(ofDay: 11) == Instant(milliseconds: 277 * hour))
    }
}
