import BotAPI
import Foundation
import Leaderboards
import Testing
import Web

@testable import Application

@Suite
struct SettingsRulesTests {
    private static let telegram = "https://api.telegram.org"
    private static let local = "http://127.0.0.1:8081"

    @Test(arguments: [
        (telegram, "https://play.example.com", "https://play.example.com"),
        (telegram, "https://play.example.com:8443/a/b///", "https://play.example.com:8443/a/b"),
        (telegram, "HTTPS://Play.Example.com:443/", "https://play.example.com:443"),
        (local, "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (local, "https://[::1]:9000/x", "https://[::1]:9000/x"),
    ])
    func `a public address is taken as Telegram's servers or one's own can reach it`(
        _ api: String,
        _ given: String,
        _ taken: String
    ) throws {
        let settings = try Settings.load(from: ["TELEGRAM_API_URL": api, "HIGHSCORES_PUBLIC_URL": given])
        #expect(settings.publicURL == taken)
        #expect(settings.updates == .webhook)
    }

    @Test(arguments: Settings.Updates.allCases)
    func `the chosen way of updates overrides the derived one`(_ updates: Settings.Updates) throws {
        let settings = try Settings.load(from: [
            "HIGHSCORES_PUBLIC_URL": "https://play.example.com", "HIGHSCORES_UPDATES": updates.rawValue,
        ])
        #expect(settings.updates == updates)
    }

    @Test(arguments: [
        ("24h", 86_400), ("90m", 5400), ("6h30m", 23_400), ("3600s", 3600), ("1d2h3m4s", 93_784), ("1s", 1),
        ("366d", 31_622_400),
    ])
    func `a duration is the sum of its parts`(_ text: String, _ seconds: Int64) throws {
        let settings = try Settings.load(from: ["HIGHSCORES_RUN_TTL": text])
        #expect(settings.runTTL == .seconds(seconds))
        #expect(
            try Duration.parse(settings.runTTL.spelling, in: .zero...settings.runTTL)
                == settings.runTTL
        )
    }

    @Test(arguments: [
        ("5/s burst 50", RateLimit(perSecond: 5, burst: 50)),
        ("0.5/s burst 3", RateLimit(perSecond: 0.5, burst: 3)),
        ("300/min burst 7", RateLimit(perSecond: 5, burst: 7)),
        ("36/h", RateLimit(perSecond: 0.01, burst: 1)),
        ("2/s", RateLimit(perSecond: 2, burst: 20)),
    ])
    func `a player's rate is read with its burst`(_ text: String, _ rate: RateLimit) throws {
        #expect(try Settings.load(from: ["HIGHSCORES_PLAYER_RATE": text]).playerRate == rate)
    }

    @Test(arguments: [
        ("2000 runs 1MB", PlayerQuota(runs: 2000, bytes: 1_000_000)),
        ("1 runs 0B", PlayerQuota(runs: 1, bytes: 0)),
        ("5 runs 64kB", PlayerQuota(runs: 5, bytes: 64_000)),
    ])
    func `a player's quota is read with its unit`(_ text: String, _ quota: PlayerQuota) throws {
        #expect(try Settings.load(from: ["HIGHSCORES_PLAYER_QUOTA": text]).playerQuota == quota)
    }

    @Test(arguments: [("64MB", 64_000_000), ("512kB", 512_000), ("1GB", 1_000_000_000), ("off", 0)])
    func `memory is read with its unit`(_ text: String, _ bytes: Int) throws {
        #expect(try Settings.load(from: ["HIGHSCORES_MEMORY": text]).memory == bytes)
    }

    @Test func `streams have limits, and proxies that are believed`() throws {
        let defaults = try Settings.load(from: [:]).streams
        #expect(defaults == StreamLimits(perPlayer: 64, perAddress: 1024, trustedProxies: []))
        let settings = try Settings.load(from: [
            "HIGHSCORES_STREAMS": "3 4", "HIGHSCORES_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8,2001:db8::/32",
        ])
        #expect(settings.streams.perPlayer == 3 && settings.streams.perAddress == 4)
        #expect(
            settings.streams.trustedProxies
                == ["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"].compactMap { IPNetwork($0) }
        )
    }

    @Test(arguments: [
        ("HIGHSCORES_STREAMS", "64"), ("HIGHSCORES_STREAMS", "0 1"), ("HIGHSCORES_STREAMS", "1 2 3"),
        ("HIGHSCORES_STREAMS", "1 99999999999999999999"), ("HIGHSCORES_STREAMS", "off"),
        ("HIGHSCORES_MEMORY", "64"), ("HIGHSCORES_MEMORY", "-1MB"), ("HIGHSCORES_MEMORY", "64MiB"),
        ("HIGHSCORES_TRUSTED_PROXIES", "proxy.example"), ("HIGHSCORES_TRUSTED_PROXIES", "10.0.0.0/8,"),
        ("HIGHSCORES_TRUSTED_PROXIES", "10.0.0.0/40"),
    ])
    func `limits of streams and proxies that are none are refused by name`(variable: String, text: String) {
        let error = #expect(throws: SettingsError.self) { try Settings.load(from: [variable: text]) }
        #expect(error.map { "\($0)" }?.contains(variable) == true)
    }

    @Test func `the spelling of Telegram's rate is read back`() throws {
        let text = "chat 2/s 30/min, bot 100/s"
        #expect(try Settings.load(from: ["HIGHSCORES_TELEGRAM_RATE": text]).telegramRate.text == text)
    }

    @Test(arguments: ["127.0.0.1:8080", "[::1]:443", "localhost:0", "play-1.example.com:65535"])
    func `the spelling of an address is read back`(_ text: String) throws {
        #expect(try #require(HostPort(text)).description == text)
    }

    // MARK: - Tokens

    @Test func `tokens are read from a file, one a line`() throws {
        try withFile("1:aaa\r\n\n  2:bbb  \n") { path in
            let settings = try Settings.load(from: ["TELEGRAM_BOT_TOKEN_FILE": path])
            #expect(settings.botTokens.map(\.botID) == [1, 2])
            #expect(settings.botTokens[1].secret.revealed == "2:bbb")
        }
    }

    @Test(arguments: [("", "is empty"), ("1:aaa\nhunter2\n", "token 2 of 2"), ("\u{FFFD}\n", "begins with")])
    func `a file without a token on each line is refused without quoting it`(
        _ content: String,
        _ says: String
    ) throws {
        try withFile(content) { path in
            let error = try #require(throws: SettingsError.self) {
                try Settings.load(from: ["TELEGRAM_BOT_TOKEN_FILE": path])
            }
            #expect(error.variable == "TELEGRAM_BOT_TOKEN_FILE")
            #expect(error.description.contains(says))
            #expect(!error.description.contains("hunter2"))
        }
    }

    @Test func `a file that is not there is named`() throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(from: ["TELEGRAM_BOT_TOKEN_FILE": "/nowhere/tokens"])
        }
        #expect(error.description.contains("'/nowhere/tokens': there is no such file"))
    }

    @Test func `a token together with a file is refused`() throws {
        let error = try #require(throws: SettingsError.self) {
            try Settings.load(from: ["TELEGRAM_BOT_TOKEN": "1:a", "TELEGRAM_BOT_TOKEN_FILE": "/dev/null"])
        }
        #expect(error.description.contains("TELEGRAM_BOT_TOKEN_FILE"))
    }

    // MARK: - What commands require

    @Test func `what a command needs is asked for by its variable`() throws {
        var settings = Settings()
        settings.databaseURL = "dbname=scores"
        #expect(
            try #require(throws: SettingsError.self) { try settings.requireBotTokens() }.variable
                == "TELEGRAM_BOT_TOKEN"
        )
        #expect(
            try #require(throws: SettingsError.self) { try settings.requireSecrets() }.variable
                == "HIGHSCORES_SECRET"
        )
        #expect(
            try #require(throws: SettingsError.self) { try settings.requirePublicURL() }.variable
                == "HIGHSCORES_PUBLIC_URL"
        )
    }

    @Test func `beside the private cluster a secret is generated once`() throws {
        try withFolder { folder in
            var settings = Settings()
            settings.dataFolder = folder
            let first = try settings.requireSecrets()
            #expect(first.count == 1 && first[0].utf8.count >= 32)
            #expect(try settings.requireSecrets() == first)
            settings.secrets = ["given"]
            #expect(try settings.requireSecrets() == ["given"])
        }
    }

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    private func withFile(_ content: String, _ body: (String) throws -> Void) throws {
        try withFolder { folder in
            try Data(content.utf8).write(to: URL(filePath: folder + "/tokens"))
            try body(folder + "/tokens")
        }
    }
}
