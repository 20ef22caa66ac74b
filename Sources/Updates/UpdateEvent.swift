package import BotAPI
package import Leaderboards

/// Something worth a log line or a metric; it holds no names, chats or secrets.
package enum UpdateEvent: Sendable {
    /// How updates reach this process.
    package enum Source: String, Sendable {
        case webhook, polling
    }

    /// What an update was about.
    package enum Kind: String, Sendable {
        case press, command, chatFact = "chat_fact", inlineQuery = "inline_query", guestQuery = "guest_query",
            ignored
    }

    /// What became of an update.
    package enum Result: String, Sendable {
        /// A call answers it.
        case answered
        /// It was taken note of, or there was nothing to do.
        case accepted
        /// It could not be recorded; Telegram is asked to repeat it.
        case postponed
        /// It met a state that repeating would not change.
        case failed
    }

    /// A delivery was no update.
    case unreadable(bot: BotID)
    /// An update was dealt with; a failure's reason is for the log.
    case handled(
        bot: BotID,
        source: Source,
        kind: Kind,
        result: Result,
        duration: Duration,
        reason: String?
    )
    /// An answer was not taken by Telegram; the remedy, if any, is for the log.
    case answerFailed(bot: BotID, method: String, answer: BotAnswer, remedy: String?)
    /// `getMe` told who the bot is.
    case identified(bot: BotID, username: String)
    /// `getMe` failed and is tried again.
    case identityFailed(bot: BotID, answer: BotAnswer)
    /// The bot's username could not be stored yet.
    case registrationFailed(bot: BotID)
    /// `getUpdates` failed and is tried again.
    case pollFailed(bot: BotID, answer: BotAnswer)
    /// `getUpdates` works again.
    case pollRecovered(bot: BotID)
    /// `setWebhook` succeeded.
    case webhookSet(bot: BotID)
    /// A call on the way to the webhook failed and is tried again.
    case webhookFailed(bot: BotID, answer: BotAnswer)
    /// The webhook points to another host and is left alone.
    case webhookElsewhere(bot: BotID, host: String)
}
