package import Leaderboards

/// Something an update tells of a chat; recording it twice changes nothing.
package enum ChatFact: Hashable, Sendable {
    /// A group became a supergroup: its board goes on under the new id.
    case migrated(from: TelegramChatID, to: TelegramChatID)
    /// The bot may or may no longer write there.
    case writable(ChatSighting, Bool)
    /// People post the bot's games there through it, so that a press by an inline message id may be on one of theirs.
    case sharesGames(ChatSighting)
}
