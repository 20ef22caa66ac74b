import Leaderboards
import TestSupport
import Testing

@testable import Application

/// Whatever numbers stand in settings, they are taken or told of.
@Suite struct NumberFuzzTests {
    private static let forms = [
        ("HIGHSCORES_LAUNCH_TTL", "#s"), ("HIGHSCORES_RUN_TTL", "#d#h#m#s"),
        ("HIGHSCORES_PLAYER_RATE", "#/h burst #"),
        ("HIGHSCORES_PLAYER_RATE", "0.#/s"), ("HIGHSCORES_TELEGRAM_RATE", "chat #/s #/min, bot #/s"),
        ("HIGHSCORES_LISTEN", "127.0.0.1:#"), ("HIGHSCORES_PUBLIC_URL", "https://play.example.com:#/"),
        ("TELEGRAM_BOT_TOKEN", "#:AAE-none"),
    ]

    @Test func `settings of any numbers are taken or told of`() {
        var fuzz = Fuzz(seed: 11_931)
        var taken = 0
        for _ in 0..<60_000 {
            let (variable, form) = fuzz.pick(Self.forms)
            guard let settings = try? Settings.load(from: [variable: fuzz.text(form)]) else { continue }
            taken += 1
            guard let rate = settings.playerRate else { continue }
            var bucket = TokenBucket(limit: rate, now: .earliest)
            #expect(bucket.take(limit: rate, now: .latest) ?? .zero <= .longest)
        }
        #expect(taken > 1000)
    }
}
