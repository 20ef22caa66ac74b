import Logging
package import Updates

extension Telemetry {
    /// Takes an event of the part that handles Telegram's updates.
    package func record(_ event: UpdateEvent) {
        switch event {
        case .unreadable(let bot):
            logger.notice("update.unreadable", metadata: ["bot": "\(bot)"])
        case .handled(let bot, let source, let kind, let result, let duration, let reason):
            counts.updates.record(
                duration,
                of: Counts.UpdateKind(source: source, kind: kind, result: result)
            )
            logger.log(
                level: result == .failed ? .error : .debug,
                "update.handled",
                metadata: [
                    "bot": "\(bot)", "source": "\(source.rawValue)", "kind": "\(kind.rawValue)",
                    "result": "\(result.rawValue)", "duration_ms": "\(duration.logged)",
                    "reason": "\(reason ?? "")",
                ]
            )
        case .answerFailed(let bot, let method, let answer, let remedy):
            logger.warning(
                "update.answer_failed",
                metadata: [
                    "bot": "\(bot)", "method": "\(method)", "reason": "\(answer)",
                    "remedy": "\(remedy ?? "")",
                ]
            )
        case .identified(let bot, let username):
            logger.info("bot.identified", metadata: ["bot": "\(bot)", "username": "\(username)"])
        case .identityFailed(let bot, let answer):
            logger.warning("bot.identity_failed", metadata: ["bot": "\(bot)", "reason": "\(answer)"])
        case .registrationFailed(let bot):
            logger.warning("bot.registration_failed", metadata: ["bot": "\(bot)"])
        case .pollFailed(let bot, let answer):
            logger.warning("poll.failed", metadata: ["bot": "\(bot)", "reason": "\(answer)"])
        case .pollRecovered(let bot):
            logger.info("poll.recovered", metadata: ["bot": "\(bot)"])
        case .webhookSet(let bot):
            logger.info("webhook.set", metadata: ["bot": "\(bot)"])
        case .webhookFailed(let bot, let answer):
            logger.warning("webhook.failed", metadata: ["bot": "\(bot)", "reason": "\(answer)"])
        case .webhookElsewhere(let bot, let host):
            logger.warning("webhook.elsewhere", metadata: ["bot": "\(bot)", "host": "\(host)"])
        }
    }
}
