import Leaderboards
import Outbox
import Storage

/// Judges what is still to be brought to Telegram.
extension Finding {
    /// A running service brings a score within seconds; the budget of one chat may hold some back for a minute or two.
    private static let toleratedAge = Duration.seconds(300)

    /// A finding for each bot and cause, for each bot whose token Telegram refuses, and for each remark.
    static func queue(_ status: DeliveryStatus) -> [Finding] {
        let paused = status.bots.compactMap { bot -> Finding? in
            guard let refusal = bot.refusal, let refusedAt = bot.refusedAt else { return nil }
            return Finding(
                .problem,
                "deliveries of bot \(bot.bot)",
                "are paused since \(refusedAt), for Telegram refuses the token (\(refusal)); put the one that "
                    + "@BotFather shows into TELEGRAM_BOT_TOKEN and restart 'highscores serve'"
            )
        }
        let remarks = status.remarks.map { remark in
            let verdict: Finding.Verdict =
                switch remark.code {
                // What a chat refuses is tried again by itself; everybody may block a bot.
                case .chatsClosed: remark.isDegraded ? .warning : .ok
                case .clockSkew: .temporary
                }
            return Finding(verdict, "deliveries of bot \(remark.bot)", remark.text)
        }
        let findings = paused + remarks + status.backlogs.map { finding($0, now: status.now) }
        return findings.isEmpty ? [Finding(.ok, "deliveries", "nothing waits")] : findings
    }

    private static func finding(_ backlog: Backlog, now: Instant) -> Finding {
        let subject = "deliveries of bot \(backlog.bot)"
        let error = backlog.lastError.map { "; the last error was: \($0)" } ?? ""
        let number = backlog.count
        switch backlog.cause {
        case .dead:
            return Finding(
                .problem,
                subject,
                "\(number) were given up\(error); 'highscores delivery list --state dead' shows them, and "
                    + "'highscores delivery retry --state dead' tries them again"
            )
        case .noTarget:
            return Finding(
                .ok,
                subject,
                "\(number) wait until somebody presses the game's button in their chat"
            )
        case .forbidden:
            return Finding(.ok, subject, "\(number) wait until the bot may write in their chat\(error)")
        case .tokenRefused:
            return Finding(.problem, subject, "\(number) wait for a token that Telegram takes")
        case .chatHeld, .botHeld:
            return Finding(.ok, subject, "\(number) wait as long as Telegram asked")
        case .turn, .sending, .retry, .uncertain:
            let age = now - backlog.oldest
            let waiting = "\(number) in state '\(backlog.cause.rawValue)', the oldest since \(backlog.oldest)"
            guard age > toleratedAge else { return Finding(.ok, subject, waiting) }
            return Finding(
                .problem,
                subject,
                "\(waiting)\(error); is 'highscores serve' running with this bot's token?"
            )
        }
    }
}
