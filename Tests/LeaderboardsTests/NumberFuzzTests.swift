import Leaderboards
import TestSupport
import Testing

@testable import struct Leaderboards.TokenReader
@testable import struct Leaderboards.TokenWriter

/// No number that was read from outside ends the process: with the suites of the same name elsewhere, a million cases.
@Suite struct NumberFuzzTests {
    private static let keys = TokenKeys(secrets: ["a secret of the tests that is long enough"])
    private static let game = Game(
        id: GameID(rawValue: 1),
        tokenID: GameTokenID(rawValue: 1),
        bot: BotID(rawValue: 7),
        botUsername: "Arcade",
        shortName: "tetris",
        title: "Tetris",
        url: "https://games.example/",
        rules: GameRules(),
        isEnabled: true,
        isPublic: false,
        showsIdentity: false
    )

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
            let window = fuzz.pick(Window.allCases)
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

    @Test func `limits, buckets and tables take any number`() throws {
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
            #expect(CallLedger().starts(recorded: starts, now: now).count == 2)
            var walk = TableWalk([PlayerID(rawValue: 5)], isWhole: true)
            let rows = (0..<3).map {
                TableWalk.Row(position: fuzz.number(), player: PlayerID(rawValue: 4 + $0), score: 7)
            }
            walk.note(rows, askedFor: PlayerID(rawValue: 5))
            _ = walk.next()
            _ = RetrySchedule.telegram.wait(afterFailures: Int(fuzz.number()), random: 1)
        }
    }

    @Test func `tokens of any numbers are read or refused`() throws {
        var fuzz = Fuzz(seed: 11_903)
        let now = Instant(seconds: 1_772_366_400)
        for _ in 0..<150_000 {
            var writer = TokenWriter()
            for _ in 0..<fuzz.pick(2..<13) {
                if fuzz.pick(0..<5) == 0 {
                    writer.append(fuzz.numeral())
                } else {
                    writer.append(fuzz.number())
                }
            }
            let purpose = fuzz.pick(TokenKeys.Purpose.allCases)
            // Sealed rightly and of a game that is there, so that what is inside is read.
            let identities = Array(repeating: UInt8(7), count: fuzz.pick([8, 24]))
            let token = Self.keys.seal(identities + writer.bytes, for: purpose)
            let find: GameFinder = { _ in Self.game }
            if let launch = try? Self.keys.launch(token, now: now, find) { #expect(launch.expiresAt > now) }
            if let run = try? Self.keys.run(token, now: now, find) { #expect(run.expiresAt > now) }
            _ = try? Self.keys.boardAccess(token, now: now, find)
            let cursor = Self.keys.seal(writer.bytes, for: .cursor, in: Self.game.tokenID)
            _ = try? Self.keys.cursor(cursor, in: Self.game.tokenID)
        }
    }
}
