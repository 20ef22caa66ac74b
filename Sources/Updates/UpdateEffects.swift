package import Leaderboards
package import Scoring

/// What handling updates needs from the use cases; the seam at which tests stand.
package struct UpdateEffects: Sendable {
    /// Answers a press.
    package var open: @Sendable (Press) async -> Opening
    /// Records what an update tells of a chat.
    package var record: @Sendable (ChatFact, BotID) async throws(Refusal) -> Void
    /// Whether an update gets the message that it asks for; true once for an update, and not too often for a chat.
    package var admitMessage: @Sendable (Int64, TelegramChatID, BotID) async throws(Refusal) -> Bool
    /// Notes that a message of the bot's own was sent to a chat.
    package var noteSent: @Sendable (TelegramChatID, BotID) async -> Void
    /// Whether the games were loaded at least once.
    package var isLoaded: @Sendable () -> Bool
    /// The enabled games of a bot in the order of their short names.
    package var games: @Sendable (BotID) -> [Game]
    /// Notes a bot and its username.
    package var register: @Sendable (BotID, String) async throws(Refusal) -> Void
    /// The secret that Telegram is to repeat with every delivery.
    package var webhookSecret: @Sendable (BotID) -> String
    /// Runs the body while this process is the only one that polls for the bot.
    package var asPoller: @Sendable (BotID, @Sendable @escaping () async -> Void) async -> Void

    /// Gathers the effects.
    ///
    /// - Parameters:
    ///   - record: Records what an update tells of a chat.
    ///   - admitMessage: Whether an update gets the message that it asks for.
    ///   - noteSent: Notes that a message of the bot's own was sent to a chat.
    ///   - isLoaded: Whether the games were loaded at least once.
    ///   - games: The enabled games of a bot.
    ///   - register: Notes a bot and its username.
    ///   - webhookSecret: The secret that Telegram is to repeat.
    ///   - asPoller: Runs the body while no other process polls for the bot.
    package init(
        open: @escaping @Sendable (Press) async -> Opening,
        record: @escaping @Sendable (ChatFact, BotID) async throws(Refusal) -> Void,
        admitMessage: @escaping @Sendable (Int64, TelegramChatID, BotID) async throws(Refusal) -> Bool,
        noteSent: @escaping @Sendable (TelegramChatID, BotID) async -> Void,
        isLoaded: @escaping @Sendable () -> Bool,
        games: @escaping @Sendable (BotID) -> [Game],
        register: @escaping @Sendable (BotID, String) async throws(Refusal) -> Void,
        webhookSecret: @escaping @Sendable (BotID) -> String,
        asPoller: @escaping @Sendable (BotID, @Sendable @escaping () async -> Void) async -> Void
    ) {
        self.open = open
        self.record = record
        self.admitMessage = admitMessage
        self.noteSent = noteSent
        self.isLoaded = isLoaded
        self.games = games
        self.register = register
        self.webhookSecret = webhookSecret
        self.asPoller = asPoller
    }
}

extension UpdateEffects {
    /// The effects of the running service.
    package init(_ highscores: Highscores) {
        self.init(
            open: { press in await highscores.open(press) },
            record: { fact, bot throws(Refusal) in try await highscores.record(fact, bot: bot) },
            admitMessage: { update, address, bot throws(Refusal) in
                try await highscores.admitMessage(after: update, to: address, bot: bot)
            },
            noteSent: { address, bot in await highscores.noteSent(to: address, bot: bot) },
            isLoaded: { highscores.isLoaded },
            games: { bot in highscores.games(of: bot) },
            register: { bot, username throws(Refusal) in
                try await highscores.register(bot: bot, username: username)
            },
            webhookSecret: { bot in highscores.webhookSecret(of: bot) },
            asPoller: { bot, body in await highscores.asPoller(of: bot, body) }
        )
    }
}
