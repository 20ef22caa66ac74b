import Leaderboards
package import Scoring

/// What handling updates needs from the use cases; the seam at which tests stand.
package struct UpdateEffects: Sendable {
    /// Answers a press.
    var open: @Sendable (Press) async -> Opening
    /// Records what an update tells of a chat.
    var record: @Sendable (ChatFact, BotID) async throws(Refusal) -> Void
    /// Whether an update gets the message that it asks for; true once for an update, and not too often for a chat.
    var admitMessage: @Sendable (OwnMessage, Int64, TelegramChatID, BotID) async throws(Refusal) -> Bool
    /// What a chat's leaderboard shows to somebody who asks for it there.
    var board: @Sendable (ChatBoardRequest) async throws(Refusal) -> LeaderboardPage?
    /// Has the winners of windows announced in a chat, or no longer.
    var announce: @Sendable (WindowKind?, TelegramChatID, BotID) async throws(Refusal) -> Void
    /// Notes that a message of the bot's own was sent to a chat.
    var noteSent: @Sendable (TelegramChatID, BotID) async -> Void
    /// Whether the games were loaded at least once.
    var isLoaded: @Sendable () -> Bool
    /// The enabled games of a bot in the order of their short names.
    var games: @Sendable (BotID) -> [Game]
    /// Notes a bot and its username.
    var register: @Sendable (BotID, String) async throws(Refusal) -> Void
    /// The secret that Telegram is to repeat with every delivery.
    var webhookSecret: @Sendable (BotID) -> String
    /// Runs the body while this process is the only one that polls for the bot.
    var asPoller: @Sendable (BotID, @Sendable @escaping () async -> Void) async -> Void
}

extension UpdateEffects {
    /// Those of the running service.
    package init(_ highscores: Highscores) {
        self.init(
            open: highscores.open(_:),
            record: highscores.record(_:bot:),
            admitMessage: highscores.admitMessage(_:after:to:bot:),
            board: highscores.board(_:),
            announce: highscores.announce(_:in:bot:),
            noteSent: highscores.noteSent(to:bot:),
            isLoaded: { highscores.isLoaded },
            games: highscores.games(of:),
            register: highscores.register(bot:username:),
            webhookSecret: highscores.webhookSecret(of:),
            asPoller: highscores.asPoller(of:_:)
        )
    }
}
