package import Leaderboards

/// Something worth a log line or a metric; it holds no names, chats, players or secrets.
package enum DeliveryEvent: Sendable {
    /// A call ended; the code is the class of the answer.
    case called(bot: BotID, step: DeliveryStep, code: String, duration: Duration)
    /// A claimed call did not start while its slot lasted.
    case slotMissed(bot: BotID)
    /// A delivery was given up: Telegram refuses the call itself.
    case dead(bot: BotID, reason: String)
    /// Telegram refuses what the bot writes in a chat, which is tried again later.
    case chatRefused(bot: BotID, reason: String)
    /// A call's lease had run out before it was settled.
    case leaseLost(bot: BotID)
    /// The outcome of a call could not be written down; its lease returns the row.
    case settleFailed(bot: BotID, reason: String)
    /// Nothing could be claimed because of the database.
    case claimFailed(bot: BotID, reason: String)
    /// Telegram refuses the bot's token; its deliveries wait.
    case paused(bot: BotID, reason: String)
    /// Telegram takes the bot's token again.
    case resumed(bot: BotID)
}
