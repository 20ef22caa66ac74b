import Leaderboards
import Testing

/// Moments are written and read as RFC 3339 says.
struct InstantTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
        (1_772_368_200_250, "2026-03-01T12:30:00.250Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a moment has this text`(milliseconds: Int64, text: String) {
        let instant = Instant(milliseconds: milliseconds)
        #expect(instant.description == text)
        if milliseconds >= 0 { #expect(Instant(rfc3339: text) == instant) }
    }

    @Test func `every day of four centuries comes back`() {
        for day in Int64(0)..<146_097 {
            let instant = Instant(milliseconds: day * 86_400_000 + 45_296_789)
            guard Instant(rfc3339: instant.description) == instant else {
                Issue.record("\(instant) was read as another moment")
                return
            }
        }
    }

    @Test(arguments: [
        ("2026-03-01T13:30:00.250+01:00", "2026-03-01T12:30:00.250Z"),
        ("2026-03-01T00:30:00-05:30", "2026-03-01T06:00:00.000Z"),
        ("2026-01-01T00:30:00+02:00", "2025-12-31T22:30:00.000Z"),
        ("2026-03-01t12:30:00z", "2026-03-01T12:30:00.000Z"),
        ("2026-03-01T12:30:00.1Z", "2026-03-01T12:30:00.100Z"),
        ("2026-03-01T12:30:00.12Z", "2026-03-01T12:30:00.120Z"),
        ("2026-03-01T12:30:00.123456789Z", "2026-03-01T12:30:00.123Z"),
        ("2026-03-01T12:30:00.9999Z", "2026-03-01T12:30:00.999Z"),
        ("2026-03-01T12:30:00-00:00", "2026-03-01T12:30:00.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ])
    func `offsets and fractions are taken into account`(text: String, utc: String) {
        #expect(Instant(rfc3339: text)?.description == utc)
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01 12:30:00Z", "2026-03-01T12:30Z", "2026-03-01T12:30:00",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-03-00T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:30:61Z",
        "2026-03-01T12:30:00.Z", "2026-03-01T12:30:00,5Z", "2026-03-01T12:30:00+24:00",
        "2026-03-01T12:30:00+01:60",
        "2026-03-01T12:30:00+0100", "2026-03-01T12:30:00+01", "2026-03-01T12:30:00ZZ",
        " 2026-03-01T12:30:00Z",
        "2026-3-1T12:30:00Z", "1969-12-31T23:59:59Z", "10000-01-01T00:00:00Z", "+026-03-01T12:30:00Z",
        "2026-03-01T12:30:0٣Z", "2026-03-01T12:30:00Z\0",
    ])
    func `a text that is no moment is refused`(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func `what lies beyond the years that can be written is their first or last moment`() {
        #expect(Instant(milliseconds: .max) == .latest && Instant(seconds: .max) == .latest)
        #expect(Instant(milliseconds: .min) == .earliest && Instant(seconds: .min) == .earliest)
        #expect(Instant.latest.description == "9999-12-31T23:59:59.999Z")
        #expect(Instant.earliest.description == "0000-01-01T00:00:00.000Z")
        #expect(Instant.latest + .seconds(Int64.max) == .latest)
        #expect(Instant.earliest + .seconds(Int64.min) == .earliest)
        #expect(Instant.earliest + (.latest - .earliest) == .latest)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max)
        #expect(Duration.seconds(Int64.min).wholeMilliseconds == .min)
        #expect(Duration.boundedSeconds(.infinity) == .longest && Duration.boundedSeconds(.nan) == .longest)
    }

    @Test func `durations are added and taken in whole milliseconds`() {
        let start = Instant(milliseconds: 1_000)
        #expect((start + .microseconds(1_999)).milliseconds == 1_001)
        #expect((start + .seconds(-2)).milliseconds == -1_000)
        #expect(start + .seconds(3) - start == .seconds(3))
        #expect(start - (start + .seconds(3)) == .seconds(-3))
    }
}
