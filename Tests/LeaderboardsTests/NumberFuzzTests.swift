import Leaderboards
import TestSupport
import Testing

/// No number that was read from outside ends the process: with the suites of the same name elsewhere, a million cases.
@Suite struct NumberFuzzTests {
    @Test func `times, durations and windows of any number are reckoned with`() throws {
        var fuzz = Fuzz(seed: 11_901)
        let calendars = try [ZoneRules.utc, #require(ZoneRules(named: "Pacific/Kiritimati"))].map {
            WindowCalendar(zone: $0, seasons: [.earliest, Instant(seconds: 1_772_366_400), .latest])
        }
        for _ in 0..<180_000 {
            let instant = Instant(milliseconds: fuzz.number())
            let other = Instant(seconds: fuzz.number())
            let duration = Duration.seconds(fuzz.number())
            let sums = [instant + duration, other + (instant - other), other + .milliseconds(fuzz.number())]
            #expect(sums.allSatisfy { (.earliest ... .latest).contains($0) })
            #expect(sums[0].description.utf8.count == 24)
            #expect(Duration.boundedSeconds(Double(fuzz.number()) / 1e-300) <= .longest)
            let calendar = fuzz.pick(calendars)
            let window = fuzz.pick(WindowKind.allCases)
            if let interval = calendar.interval(window, containing: instant) {
                #expect(interval.contains(instant))
            }
            _ = calendar.interval(
                window,
                labelled: fuzz.text(fuzz.pick(["#", "9999-12-31", "#-#-#", "9999-W5#"]))
            )
            _ = Instant(rfc3339: fuzz.text(fuzz.pick(["9999-12-31T23:59:60.#-23:59", "#-03-01T12:30:00Z"])))
        }
    }

    @Test func `limits and buckets take any number`() throws {
        var fuzz = Fuzz(seed: 11_902)
        for _ in 0..<120_000 {
            let now = Instant(milliseconds: fuzz.number())
            let limit = RateLimit(perSecond: abs(1 / Double(fuzz.number())), burst: Double(fuzz.pick(1..<50)))
            var bucket = TokenBucket(limit: limit, now: Instant(milliseconds: fuzz.number()))
            for _ in 0..<3 { #expect(bucket.take(limit: limit, now: now) ?? .zero <= .longest) }
            #expect(bucket.available(limit: limit, now: .latest) >= 0)
            var hold = BotHold(heldUntil: Instant(milliseconds: fuzz.number()))
            hold.note(.seconds(fuzz.number()), from: ChatID(rawValue: 1), now: now)
            hold.note(.seconds(fuzz.number()), from: ChatID(rawValue: 2), now: now)
            let starts = [Instant(milliseconds: fuzz.number()), now].sorted()
            _ = CallLimits().chatOpening(after: starts, isPrivate: false)
            #expect(CallHistory().starts(recorded: starts, now: now).allSatisfy { $0.isCredible(at: now) })
        }
    }
}
