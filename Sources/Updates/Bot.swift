package import BotAPI
package import Leaderboards
import Synchronization

/// One bot that this process serves.
package final class Bot: Sendable {
    /// The number before `:` in the bot's token.
    package let id: BotID
    /// Calls the Bot API for this bot.
    package let client: BotClient
    private let known = Mutex<BotUser?>(nil)

    package init(client: BotClient) {
        self.client = client
        id = BotID(rawValue: client.token.botID)
    }

    /// What `getMe` told; nil until it has succeeded.
    package var identity: BotUser? { known.withLock { $0 } }

    /// Keeps what `getMe` told.
    ///
    /// - Parameter identity: The bot's description of itself.
    package func identify(as identity: BotUser) {
        known.withLock { $0 = identity }
    }
}
