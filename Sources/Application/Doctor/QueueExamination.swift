import Leaderboards
import Storage

/// Judges what is still to be brought to Telegram.
enum QueueExamination {
    /// A running service brings a score within seconds; the budget of one chat may hold some back for a minute or two.
    private static let toleratedAge = Duration.seconds(300)

    /// Judges the queue.
    ///
    /// - Parameters:
    ///   - backlogs: What Telegram does not hold yet.
    ///   - now: The time.
    /// - Returns: A finding for each bot and state.
    static func findings(_ backlogs: [Backlog], now: Instant) -> [Finding] {
        let findings = backlogs.map { finding($0, now: now) }
        return findings.isEmpty ? [Finding(.ok, "deliveries", "nothing waits")] : findings
    }

    private static func finding(_ backlog: Backlog, now: Instant) -> Finding {
        let subject = "deliveries of bot \(backlog.bot)"
        let error = backlog.lastError.map { "; the last error was: \($0)" } ?? ""
        switch backlog.state {
        case "dead":
            return Finding(
                .problem,
                subject,
                "\(backlog.count) were given up\(error); a new score or a press in the chat wakes them"
            )
        case "no_target":
            return Finding(
                .ok,
                subject,
                "\(backlog.count) wait until somebody presses the game's button in their chat"
            )
        default:
            let age = now - backlog.oldest
            let waiting = "\(backlog.count) \(backlog.state), the oldest since \(backlog.oldest)"
            guard age > toleratedAge else { return Finding(.ok, subject, waiting) }
            return Finding(
                .problem,
                subject,
                "\(waiting)\(error); is 'highscores serve' running with this bot's token?"
            )
        }
    }
}
