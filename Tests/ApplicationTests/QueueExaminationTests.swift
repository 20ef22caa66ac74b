import Leaderboards
import Outbox
import Scoring
import Storage
import Testing

@testable import Application

/// What waits for Telegram is judged by why it waits and for how long.
struct QueueExaminationTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)
    private static let bot = BotID(rawValue: 7)

    private static func backlog(_ cause: DeliveryCause, seconds: Int, retryAt: Instant? = nil) -> Backlog {
        Backlog(
            bot: bot,
            cause: cause,
            count: 3,
            oldest: now + .seconds(-seconds),
            lastError: "502 Bad Gateway",
            retryAt: retryAt
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
        let findings = Self.findings([Self.backlog(cause, seconds: seconds)])
        #expect(findings.map(\.verdict) == [verdict])
        #expect(findings[0].detail.contains(says), "\(findings[0].detail)")
    }

    @Test func `an empty queue is fine`() {
        #expect(Self.findings([]).map(\.verdict) == [.ok])
    }

    private static let closed = DeliveryBotRecord(
        bot: bot,
        heldUntil: now,
        closedChats: 2,
        closedReason: "Forbidden: kicked"
    )

    @Test(
        arguments: [
            (60, "at \(now + .seconds(60)), or at once by 'highscores delivery retry'"), (0, "again now"),
            (-60, "again now"), (172_800, "again now"),
        ]
    )
    func `what waits in closed chats is a warning, with when the next of them is tried`(
        seconds: Int,
        says: String
    ) {
        let waiting = Self.backlog(.forbidden, seconds: 5, retryAt: Self.now + .seconds(seconds))
        let findings = Self.findings([waiting], bots: [Self.closed])
        #expect(findings.map(\.verdict) == [.warning, .ok])
        for part in ["2 of its chats", "Forbidden: kicked", "3 deliveries wait", says] {
            #expect(findings[0].detail.contains(part), "\(findings[0].detail)")
        }
    }

    @Test func `chats in which nothing waits may be closed for good`() {
        let findings = Self.findings([], bots: [Self.closed])
        #expect(findings.map(\.verdict) == [.ok])
        #expect(findings[0].detail.contains("nothing waits"), "\(findings[0].detail)")
        #expect(!findings[0].detail.contains("tried"), "\(findings[0].detail)")
    }

    @Test(arguments: [(61, false), (62, true), (3600, true)])
    func `a clock that is ahead is told`(seconds: Int, isTold: Bool) {
        let late = Self.now + .seconds(seconds)
        let bots = [DeliveryBotRecord(bot: Self.bot, heldUntil: Self.now, writtenAt: late)]
        let waiting = [Backlog(bot: Self.bot, cause: .turn, count: 1, oldest: Self.now, writtenAt: late)]
        let idle = [DeliveryBotRecord(bot: Self.bot, heldUntil: Self.now)]
        for findings in [Self.findings([], bots: bots), Self.findings(waiting, bots: idle)] {
            #expect(findings.contains { $0.detail.contains("\(seconds) s ahead") } == isTold, "\(findings)")
        }
    }

    private static func findings(_ backlogs: [Backlog], bots: [DeliveryBotRecord] = []) -> [Finding] {
        Finding.queue(DeliveryStatus(backlogs: backlogs, bots: bots, now: now))
    }
}
