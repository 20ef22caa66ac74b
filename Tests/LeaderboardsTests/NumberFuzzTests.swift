import Leaderboards
import TestSupport
import Testing

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

    @Test func `tokens of any numbers are read or refused`() throws {
        var fuzz = Fuzz(seed: 11_903)
        let now = Instant(seconds: 1_772_366_400)
        var read = 0
        for _ in 0..<150_000 {
            // Sealed rightly, so that what is inside is read.
            let purpose = fuzz.pick(TokenKeys.Purpose.allCases)
            switch purpose {
            case .launch, .run:
                let token = Self.keys.seal(Self.play(&fuzz, isRun: purpose == .run), for: purpose)
                let expiry =
                    purpose == .run
                    ? (try? Self.keys.run(token, now: now) { _ in Self.game })?.expiresAt
                    : (try? Self.keys.launch(token, now: now) { _ in Self.game })?.expiresAt
                if let expiry { read += 1; #expect(expiry > now) }
            case .board:
                let token = Self.keys.seal(
                    Self.numbers(3, &fuzz, after: [0, 0, 0, 0, 0, 0, 0, 1]),
                    for: .board
                )
                if (try? Self.keys.boardAccess(token, now: now) { _ in Self.game }) != nil { read += 1 }
            case .cursor:
                var head = TokenWriter()
                head.append("chat/all")
                head.append(fuzz.numeral())
                let payload = Self.numbers(4, &fuzz, after: head.bytes) + [1]
                let token = Self.keys.seal(payload, for: .cursor, in: Self.game.tokenID)
                if (try? Self.keys.cursor(token, in: Self.game.tokenID)) != nil { read += 1 }
            }
        }
        #expect(read > 30_000)
    }

    /// What a launch or a run token holds, its numbers drawn.
    private static func play(_ fuzz: inout Fuzz, isRun: Bool) -> [UInt8] {
        let id = [UInt8](repeating: 7, count: 16)
        let launch = numbers(4, &fuzz, after: [0, 0, 0, 0, 0, 0, 0, 1] + id) + [0]
        return isRun ? numbers(2, &fuzz, after: launch + id) : launch
    }

    private static func numbers(_ count: Int, _ fuzz: inout Fuzz, after head: [UInt8]) -> [UInt8] {
        var writer = TokenWriter()
        writer.append(head)
        for _ in 0..<count { writer.append(fuzz.number()) }
        return writer.bytes
    }
}
