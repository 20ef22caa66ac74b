import Leaderboards
import Storage
import Testing

@testable import Application

/// What waits for Telegram is judged by why it waits and for how long.
struct QueueExaminationTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)
    private static let bot = BotID(rawValue: 7)

    private static func backlog(_ cause: DeliveryCause, seconds: Int) -> Backlog {
        Backlog(
            bot: bot,
            cause: cause,
            count: 3,
            oldest: now + .seconds(-seconds),
            lastError: "502 Bad Gateway"
        )
    }

    @Test(
        arguments: [
            (.turn, 299, .ok, "since"), (.turn, 301, .problem, "502"), (.sending, 20, .ok, "sending"),
            (.retry, 301, .problem, "502"), (.uncertain, 60, .ok, "uncertain"),
            (.chatHeld, 9_000, .ok, "as long as Telegram asked"), (.botHeld, 9_000, .ok, "as Telegram asked"),
            (.forbidden, 9_000, .ok, "may write"), (.tokenRefused, 1, .problem, "token"),
            (.noTarget, 9_000, .ok, "presses"), (.dead, 1, .problem, "'highscores delivery retry"),
        ] as [(DeliveryCause, Int, Finding.Verdict, String)]
    )
    func `each cause has its verdict`(
        cause: DeliveryCause,
        seconds: Int,
        verdict: Finding.Verdict,
        says: String
    ) {
        let findings = QueueExamination.findings([Self.backlog(cause, seconds: seconds)], now: Self.now)
        #expect(findings.map(\.verdict) == [verdict])
        #expect(findings[0].detail.contains(says), "\(findings[0].detail)")
    }

    @Test func `an empty queue is fine`() {
        #expect(QueueExamination.findings([], now: Self.now).map(\.verdict) == [.ok])
    }
}
