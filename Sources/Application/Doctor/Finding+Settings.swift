import BotAPI
import Leaderboards

/// What can be judged without asking anybody.
extension Finding {
    /// Clocks that lie further apart make one instance's launches expire early on another.
    private static let toleratedClockDifference = Duration.seconds(2)

    /// Judges the settings.
    static func settings(_ settings: Settings) -> [Finding] {
        let database =
            settings.databaseURL == nil ? "a private PostgreSQL in \(settings.dataFolder)" : "DATABASE_URL"
        let bots = settings.botTokens.count
        var findings = [
            Finding(
                .ok,
                "settings",
                "database: \(database); updates: \(settings.updates.rawValue); "
                    + "\(bots) \(bots == 1 ? "token" : "tokens"); listening at \(settings.listen)"
            )
        ]
        findings += settings.unknown.map { Finding(.warning, "settings", $0) }
        let (rate, usual) = (settings.telegramRate, CallLimits())
        if settings.apiURL == Settings.telegramURL,
            rate.chatPerSecond > usual.chatPerSecond || rate.chatPerMinute > usual.chatPerMinute
                || rate.botPerSecond > usual.botPerSecond
        {
            findings.append(
                Finding(
                    .warning,
                    "settings",
                    "HIGHSCORES_TELEGRAM_RATE is '\(rate.text)', above what Telegram publishes ('\(usual.text)'); "
                        + "it answers 429 for a while where it is passed"
                )
            )
        }
        do { _ = try settings.requireSecrets() } catch {
            findings.append(Finding(.problem, "secret", "\(error)"))
        }
        do { _ = try settings.requireBotTokens() } catch {
            findings.append(Finding(.problem, "tokens", "\(error)"))
        }
        return findings
    }

    /// Judges whether what the server acknowledges is on its disk, by what it does unless a session asks for more.
    static func durability(synchronousCommit: String, isStandby: Bool) -> Finding {
        if isStandby {
            return Finding(
                .problem,
                "durability",
                "the server is a standby, which takes no scores; name the primary, or add target_session_attrs=read-write "
                    + "to DATABASE_URL"
            )
        }
        guard synchronousCommit != "off" else {
            return Finding(
                .warning,
                "durability",
                "synchronous_commit is off for this database: this service turns it on for itself, but what other programs "
                    + "change there may be lost if the server crashes"
            )
        }
        return Finding(.ok, "durability", "synchronous_commit is \(synchronousCommit)")
    }

    /// Judges what an address answered to this machine; what cannot be reached from here may still be by others.
    static func address(_ subject: String, _ url: String, status: Int?, error: String?) -> Finding {
        if let status, (200..<400).contains(status) {
            return Finding(.ok, subject, "\(url) answers with \(status)")
        }
        let reason =
            status.map { "answers with \($0)" } ?? "cannot be reached from here: \(error ?? "no answer")"
        return Finding(.warning, subject, "\(url) \(reason); open it in a browser elsewhere")
    }

    /// Compares the server's clock with this machine's before and after it was asked.
    static func clock(server: Instant, between before: Instant, and after: Instant) -> Finding {
        let difference =
            server < before ? before - server : server > after ? server - after : Duration.zero
        let amount = "\(difference.wholeMilliseconds) ms"
        guard difference <= toleratedClockDifference else {
            return Finding(
                .problem,
                "clock",
                "this machine's and the database's differ by \(amount); set both by NTP"
            )
        }
        return Finding(.ok, "clock", "within \(amount) of the database's")
    }

    /// Judges a game by what its bot said of itself and by whether anybody has ever pressed it: until then nobody knows
    /// whether Telegram has the game, for which it has no question.
    static func game(_ game: Game, settings: Settings, identity: BotUser?, wasPressed: Bool) -> Finding {
        let subject = "game \(game.name)"
        let isPublic = settings.apiURL == Settings.telegramURL && !settings.isTest
        guard let url = try? WebAddress(String(game.url.prefix { $0 != "?" && $0 != "#" })) else {
            return Finding(
                .problem,
                subject,
                "its URL cannot be opened; 'highscores game set \(game.name) --url URL'"
            )
        }
        guard url.isSecure || !isPublic else {
            return Finding(
                .problem,
                subject,
                "its URL is http, which Telegram's clients refuse outside the test environment; 'highscores game set \(game.name) --url URL'"
            )
        }
        guard settings.botTokens.contains(where: { $0.botID == game.bot.rawValue }) else {
            return Finding(
                .problem,
                subject,
                "TELEGRAM_BOT_TOKEN holds no token of its bot \(game.bot), so its presses are not answered here"
            )
        }
        if let identity, !game.bot.isCalled(identity.username, username: game.botUsername) {
            return Finding(
                .problem,
                subject,
                "its bot is called \(identity.username) now; 'highscores serve' notes the new name when it starts"
            )
        }
        guard game.isEnabled else { return Finding(.ok, subject, "is switched off") }
        guard wasPressed else {
            return Finding(
                .ok,
                subject,
                "opens \(game.url); nobody has pressed it yet, and "
                    + "'highscores bot send-game \(game.name) --chat ID' shows whether @BotFather knows it"
            )
        }
        return Finding(.ok, subject, "opens \(game.url)")
    }
}
