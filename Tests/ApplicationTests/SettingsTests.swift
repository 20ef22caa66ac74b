import BotAPI
import Leaderboards
import Logging
import Testing
import Web

@testable import Application

@Suite
struct SettingsTests {
    @Test func `an empty environment gives the documented defaults`() throws {
        let settings = try Settings.load(from: [:])
        #expect(settings.databaseURL == nil)
        #expect(settings.dataFolder == ".highscores")
        #expect(settings.botTokens.isEmpty)
        #expect(settings.apiURL == "https://api.telegram.org")
        #expect(!settings.isTest)
        #expect(settings.secrets == nil)
        #expect(settings.listen == HostPort(host: "127.0.0.1", port: 8080))
        #expect(settings.publicURL == nil)
        #expect(settings.updates == .polling)
        #expect(settings.launchTTL == .seconds(86_400))
        #expect(settings.runTTL == .seconds(21_600))
        #expect(settings.playerRate == RateLimit(perSecond: 5, burst: 50))
        #expect(settings.playerQuota == PlayerQuota(runs: 5000, bytes: 4_000_000))
        #expect(settings.telegramRate.text == "chat 1/s 20/min, bot 30/s")
        #expect(settings.adminListen == nil)
        #expect(settings.logLevel == .info)
        #expect(settings.logFormat == nil)
    }

    @Test func `every variable is read`() throws {
        let settings = try Settings.load(from: [
            "DATABASE_URL": "postgresql://a:b@one,two/scores?target_session_attrs=read-write",
            "DATABASE_SESSION_URL": "postgresql://a:b@two/scores",
            "HIGHSCORES_DATA": "/var/lib/scores",
            "TELEGRAM_BOT_TOKEN": "1:a, 2:b",
            "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "TELEGRAM_API_TEST": "on",
            "HIGHSCORES_SECRET": "\(Self.secret), \(Self.secret)2",
            "HIGHSCORES_LISTEN": "[::]:0",
            "HIGHSCORES_PUBLIC_URL": "http://game.local:8080/scores/",
            "HIGHSCORES_LAUNCH_TTL": "1d",
            "HIGHSCORES_RUN_TTL": "6h30m",
            "HIGHSCORES_PLAYER_RATE": "off",
            "HIGHSCORES_PLAYER_QUOTA": "off",
            "HIGHSCORES_TELEGRAM_RATE": "bot 25/s",
            "HIGHSCORES_ADMIN_LISTEN": "localhost:9090",
            "HIGHSCORES_LOG_LEVEL": "DEBUG",
            "HIGHSCORES_LOG_FORMAT": "json",
        ])
        #expect(settings.databaseURL?.hasPrefix("postgresql://") == true)
        #expect(settings.databaseSessionURL?.hasSuffix("two/scores") == true)
        #expect(settings.dataFolder == "/var/lib/scores")
        #expect(settings.botTokens.map(\.botID) == [1, 2])
        #expect(settings.apiURL == "http://127.0.0.1:8081")
        #expect(settings.isTest)
        #expect(settings.secrets == [Self.secret, Self.secret + "2"])
        #expect(settings.listen == HostPort(host: "::", port: 0))
        #expect(settings.publicURL == "http://game.local:8080/scores")
        #expect(settings.updates == .webhook)
        #expect(settings.launchTTL == .seconds(86_400))
        #expect(settings.runTTL == .seconds(23_400))
        #expect(settings.playerRate == nil)
        #expect(settings.playerQuota == nil)
        #expect(settings.telegramRate.text == "chat 1/s 20/min, bot 25/s")
        #expect(settings.adminListen == HostPort(host: "localhost", port: 9090))
        #expect(settings.logLevel == .debug)
        #expect(settings.logFormat == .json)
    }

    @Test func `a variable that is empty counts as not set`() throws {
        let names = [
            "DATABASE_URL", "DATABASE_SESSION_URL", "HIGHSCORES_DATA", "TELEGRAM_BOT_TOKEN",
            "TELEGRAM_BOT_TOKEN_FILE",
            "TELEGRAM_API_URL", "TELEGRAM_API_TEST",
            "HIGHSCORES_SECRET", "HIGHSCORES_LISTEN", "HIGHSCORES_PUBLIC_URL", "HIGHSCORES_UPDATES",
            "HIGHSCORES_LAUNCH_TTL", "HIGHSCORES_RUN_TTL", "HIGHSCORES_PLAYER_RATE",
            "HIGHSCORES_PLAYER_QUOTA",
            "HIGHSCORES_TELEGRAM_RATE",
            "HIGHSCORES_ADMIN_LISTEN", "HIGHSCORES_LOG_LEVEL", "HIGHSCORES_LOG_FORMAT",
        ]
        let settings = try Settings.load(from: Dictionary(uniqueKeysWithValues: names.map { ($0, " ") }))
        #expect(settings.dataFolder == ".highscores")
        #expect(settings.databaseURL == nil)
        #expect(settings.secrets == nil)
    }

    static let secret = "0123456789abcdef0123456789abcdef"
    static let wrong: [(variable: String, value: String, says: String)] = [
        ("DATABASE_URL", "mysql://a:hunter2@b/c", "postgresql://"),
        ("DATABASE_URL", "postgresql://a:p@ss@b/c", "percent-encode"),
        ("DATABASE_SESSION_URL", "postgresql://a:p@ss@b/c", "percent-encode"),
        ("DATABASE_SESSION_URL", "postgresql://b/c", "DATABASE_URL, the way through the pooler"),
        ("TELEGRAM_BOT_TOKEN", "hunter2", "begins with the bot's number"),
        ("TELEGRAM_BOT_TOKEN", "123:", "letters, digits"),
        ("TELEGRAM_BOT_TOKEN", "1:hunter2,1:hunter3", "bot 1 is there already"),
        ("TELEGRAM_BOT_TOKEN", "1:hunter2,", "token 2 of 2"),
        ("TELEGRAM_API_URL", "api.telegram.org", "https://"),
        ("TELEGRAM_API_URL", "https://api.telegram.org/?a=b", "query"),
        ("TELEGRAM_API_TEST", "yes", "none of on, off"),
        ("HIGHSCORES_SECRET", "hunter2", "32"),
        ("HIGHSCORES_SECRET", String(repeating: "x", count: 40), "one character, repeated"),
        (
            "HIGHSCORES_SECRET", "\(secret),\(String(repeating: "0", count: 32))",
            "secret 2 of 2 is one character"
        ),
        ("HIGHSCORES_SECRET", String(repeating: "p4ssw0rd-Abc", count: 3), "repeats the same 12 characters"),
        ("HIGHSCORES_SECRET", "aabbccddeeffaabbccddeeffaabbccddee1", "only 7 different characters"),
        ("HIGHSCORES_SECRET", "\(secret),hunter2", "secret 2 of 2"),
        ("HIGHSCORES_SECRET", "\(secret),\(secret)", "twice"),
        ("HIGHSCORES_LISTEN", "8080", "host:port"),
        ("HIGHSCORES_LISTEN", "host:70000", "host:port"),
        ("HIGHSCORES_LISTEN", "host:+80", "host:port"),
        ("HIGHSCORES_LISTEN", ":8080", "host:port"),
        ("HIGHSCORES_LISTEN", "::1:8080", "host:port"),
        ("HIGHSCORES_PUBLIC_URL", "http://play.example.com", "https"),
        ("HIGHSCORES_PUBLIC_URL", "https://play.example.com:8080", "8443"),
        ("HIGHSCORES_PUBLIC_URL", "https://user@play.example.com", "user name"),
        ("HIGHSCORES_PUBLIC_URL", "https://", "host"),
        ("HIGHSCORES_PUBLIC_URL", "https://play.example.com/#x", "fragment"),
        ("HIGHSCORES_PUBLIC_URL", "https://play.example.com:0", "65535"),
        ("HIGHSCORES_UPDATES", "both", "webhook, polling, off"),
        ("HIGHSCORES_UPDATES", "webhook", "HIGHSCORES_PUBLIC_URL"),
        ("HIGHSCORES_LAUNCH_TTL", "24", "duration"),
        ("HIGHSCORES_LAUNCH_TTL", "0s", "between"),
        ("HIGHSCORES_LAUNCH_TTL", "400d", "between"),
        ("HIGHSCORES_RUN_TTL", "30m6h", "duration"),
        ("HIGHSCORES_RUN_TTL", "-6h", "duration"),
        ("HIGHSCORES_RUN_TTL", "99999999999999999999h", "duration"),
        ("HIGHSCORES_RUN_TTL", "9223372036854775807h", "duration"),
        ("HIGHSCORES_PLAYER_RATE", "0/s", "rate"),
        ("HIGHSCORES_PLAYER_RATE", "5/s burst", "rate"),
        ("HIGHSCORES_PLAYER_RATE", "5/s burst 0", "rate"),
        ("HIGHSCORES_PLAYER_RATE", "1e3/s", "rate"),
        ("HIGHSCORES_PLAYER_RATE", "inf/s", "rate"),
        ("HIGHSCORES_PLAYER_QUOTA", "5000", "runs"),
        ("HIGHSCORES_PLAYER_QUOTA", "0 runs 4MB", "runs"),
        ("HIGHSCORES_PLAYER_QUOTA", "5000 runs 4", "bytes"),
        ("HIGHSCORES_PLAYER_QUOTA", "5000 runs -4MB", "bytes"),
        ("HIGHSCORES_PLAYER_QUOTA", "5000 runs 4MB a day", "bytes"),
        ("HIGHSCORES_TELEGRAM_RATE", "fast", "form"),
        ("HIGHSCORES_TELEGRAM_RATE", "bot 30/min", "form"),
        ("HIGHSCORES_TELEGRAM_RATE", "chat 1/s 1/s", "form"),
        ("HIGHSCORES_TELEGRAM_RATE", "chat 0/s", "form"),
        ("HIGHSCORES_ADMIN_LISTEN", "on", "host:port"),
        ("HIGHSCORES_LOG_LEVEL", "loud", "trace, debug, info"),
        ("HIGHSCORES_LOG_FORMAT", "xml", "text, json"),
    ]

    @Test(arguments: wrong)
    func `a wrong setting is one line with the variable, what was wrong and an example`(
        _ wrong: (variable: String, value: String, says: String)
    ) throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(from: [wrong.variable: wrong.value])
        }
        let line = error.description
        #expect(error.variable == wrong.variable)
        #expect(line.hasPrefix("\(wrong.variable): "))
        #expect(line.contains(wrong.says))
        #expect(line.contains("for example \(wrong.variable)="))
        #expect(!line.contains("\n"))
        #expect(!line.contains("hunter"))
        #expect(!line.contains("p@ss"))
        #expect(!line.contains(Self.secret))
    }

    @Test func `control characters of a wrong value are made visible and long values are cut`() throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(from: [
                "HIGHSCORES_LOG_LEVEL": "a\u{1B}[2J\nb" + String(repeating: "x", count: 500)
            ])
        }
        #expect(error.description.contains("a\\u{1b}[2j") == false)
        #expect(error.description.contains("a\\u{1b}[2J\\u{a}b"))
        #expect(error.description.count < 300)
    }
}
