@testable import BotAPI
import Leaderboards
import Storage
import TestSupport
import Testing

@testable import Application

@Suite
struct DoctorTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)
    private static let ours = "https://play.example.com/telegram/7"

    static let webhooks:
        [(updates: Settings.Updates, info: WebhookInfo, verdict: Finding.Verdict, says: String)] = [
            (.webhook, WebhookInfo(url: ours), .ok, "points here"),
            (.webhook, WebhookInfo(url: ""), .problem, "'highscores webhook set'"),
            (
                .webhook, WebhookInfo(url: "https://u:p@studio.example/secret/path"), .problem,
                "studio.example;"
            ),
            (.webhook, failed(secondsAgo: 60, pending: 0), .problem, "Connection refused"),
            (.webhook, failed(secondsAgo: 7200, pending: 3), .problem, "3 updates wait"),
            (.webhook, failed(secondsAgo: 7200, pending: 0), .ok, "points here"),
            (
                .webhook, WebhookInfo(url: ours, pendingUpdateCount: 3, lastErrorDate: .max), .problem,
                "at 9999-12-31"
            ),
            (.polling, WebhookInfo(url: "", pendingUpdateCount: 4), .ok, "4 wait"),
            (.polling, WebhookInfo(url: ours), .problem, "'highscores webhook delete'"),
            (.off, WebhookInfo(url: "https://studio.example"), .ok, "not used"),
        ]

    private static func failed(secondsAgo: Int64, pending: Int64) -> WebhookInfo {
        WebhookInfo(
            url: ours,
            pendingUpdateCount: pending,
            lastErrorDate: now.milliseconds / 1000 - secondsAgo,
            lastErrorMessage: "Connection refused"
        )
    }

    private static func game(_ url: String) -> Game {
        .sample(botUsername: "Arcade", url: url)
    }

    @Test(arguments: webhooks)
    func `a webhook is judged by how updates are to come`(
        _ updates: Settings.Updates,
        _ info: WebhookInfo,
        _ verdict: Finding.Verdict,
        _ says: String
    ) throws {
        var settings = Settings()
        settings.publicURL = "https://play.example.com"
        settings.updates = updates
        let finding = Finding.webhook(of: BotID(rawValue: 7), info, settings, now: Self.now)
        #expect(finding.verdict == verdict)
        #expect(finding.detail.contains(says))
        #expect(!finding.detail.contains("secret/path") && !finding.detail.contains("u:p"))
    }

    @Test(arguments: [
        (
            401, #"{"ok":false,"error_code":401,"description":"Unauthorized"}"#, Finding.Verdict.problem,
            "@BotFather"
        ),
        (502, "<html>", .temporary, "now"),
        (
            429, #"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":9}}"#,
            .temporary, "9 s"
        ),
    ])
    func `a bot that cannot be asked is told apart from a token that is wrong`(
        _ status: Int,
        _ body: String,
        _ verdict: Finding.Verdict,
        _ says: String
    ) async throws {
        let client = BotClient(token: try BotToken("7:a"), baseURL: "http://x") { _ throws(TransportError) in
            BotHTTPResponse(status: status, body: Array(body.utf8))
        }
        var findings: [Finding] = []
        let identity = await Finding.bot(client, Settings()) {
            findings.append($0)
        }
        #expect(identity == nil)
        #expect(findings.map(\.verdict) == [verdict])
        #expect(findings[0].detail.contains(says))
    }

    @Test(arguments: [
        (5000, 0, 10, Finding.Verdict.problem), (-5000, 0, 10, .problem), (5, 0, 10, .ok), (1500, 0, 10, .ok),
        // A slow answer is no difference: the server's time lies between the two looks at our clock.
        (4000, 0, 8000, .ok),
    ])
    func `clocks are compared with regard to how long the question took`(
        _ server: Int64,
        _ before: Int64,
        _ after: Int64,
        _ verdict: Finding.Verdict
    ) {
        func instant(_ offset: Int64) -> Instant { Instant(milliseconds: Self.now.milliseconds + offset) }
        let finding = Finding.clock(
            server: instant(server),
            between: instant(before),
            and: instant(after)
        )
        #expect(finding.verdict == verdict)
    }

    @Test(arguments: [
        (
            "https://play.example.com/?a=b#c=d", "7", "arcade", Finding.Verdict.ok,
            "https://play.example.com/?a=b#c=d"
        ),
        ("http://play.example.com/", "7", "arcade", .problem, "http"),
        ("https://", "7", "arcade", .problem, "URL"),
        ("https://play.example.com/", "8", "arcade", .problem, "no token"),
        ("https://play.example.com/", "7", "renamed", .problem, "renamed"),
    ])
    func `a game is judged by its address and its bot`(
        _ url: String,
        _ token: String,
        _ username: String,
        _ verdict: Finding.Verdict,
        _ says: String
    ) throws {
        var settings = Settings()
        settings.botTokens = [try BotToken("\(token):a")]
        let game = Self.game(url)
        let identity = BotUser(id: 7, username: username, firstName: "", supportsInlineQueries: false)
        for wasPressed in [true, false] {
            let finding = Finding.game(
                game,
                settings: settings,
                identity: identity,
                wasPressed: wasPressed
            )
            #expect(finding.verdict == verdict)
            #expect(finding.detail.contains(says))
            #expect(
                finding.detail.contains("'highscores bot send-game Arcade/tetris --chat ID'")
                    == (verdict == .ok && !wasPressed)
            )
        }
    }

    @Test func `in the test environment a game may be http`() throws {
        var settings = Settings()
        settings.botTokens = [try BotToken("7:a")]
        settings.isTest = true
        let game = Self.game("http://play.example.com/")
        #expect(
            Finding.game(game, settings: settings, identity: nil, wasPressed: true).verdict == .ok
        )
        settings.isTest = false
        #expect(
            Finding.game(game, settings: settings, identity: nil, wasPressed: true).verdict
                == .problem
        )
    }

    @Test(arguments: [
        ("on", false, Finding.Verdict.ok, "synchronous_commit is on"),
        ("local", false, .ok, "synchronous_commit is local"),
        ("off", false, .warning, "may be lost"), ("on", true, .problem, "name the primary"),
        ("off", true, .problem, "is a standby"),
    ])
    func `a server is judged by what it keeps and takes`(
        _ setting: String,
        _ isStandby: Bool,
        _ verdict: Finding.Verdict,
        _ says: String
    ) {
        let finding = Finding.durability(synchronousCommit: setting, isStandby: isStandby)
        #expect(finding.verdict == verdict && finding.detail.contains(says), "\(finding)")
    }

    @Test(arguments: [
        ("chat 1/s 20/min, bot 30/s", false), ("chat 1/s 10/min, bot 5/s", false),
        ("chat 2/s 20/min, bot 30/s", true), ("chat 1/s 21/min, bot 30/s", true),
        ("chat 1/s 20/min, bot 31/s", true),
    ])
    func `a rate above Telegram's is told, but for a server of one's own`(_ rate: String, _ isTold: Bool)
        throws
    {
        var settings = try Settings.load(from: ["HIGHSCORES_TELEGRAM_RATE": rate])
        func warnings() -> [Finding] { Finding.settings(settings).filter { $0.verdict == .warning } }
        #expect(warnings().count == (isTold ? 1 : 0))
        #expect(warnings().allSatisfy { $0.detail.contains("above what Telegram publishes") })
        settings.apiURL = "http://127.0.0.1:8081"
        #expect(warnings().isEmpty)
    }

    @Test func `a pooler is judged by whether sessions are kept elsewhere`() {
        #expect(Finding.pooler(isMoving: false, kept: nil) == nil)
        let cases: [(Finding?, Finding.Verdict, String)] = [
            (Finding.pooler(isMoving: true, kept: nil), .problem, "set DATABASE_SESSION_URL"),
            (Finding.pooler(isMoving: true, kept: (true, true)), .problem, "keeps no sessions"),
            (Finding.pooler(isMoving: true, kept: (false, false)), .problem, "to another database"),
            (Finding.pooler(isMoving: true, kept: (false, true)), .ok, "share sessions"),
            (Finding.pooler(isMoving: false, kept: (false, true)), .ok, "not needed"),
        ]
        for (finding, verdict, says) in cases {
            #expect(finding?.verdict == verdict && finding?.detail.contains(says) == true, "\(says)")
        }
    }

    @Test func `settings that serve would refuse are problems`() {
        var settings = Settings()
        settings.databaseURL = "dbname=scores"
        let findings = Finding.settings(settings)
        #expect(findings.map(\.verdict) == [.ok, .problem, .problem])
        #expect(!findings[0].detail.contains("dbname"))
    }
}
