/// Where Telegram shows a score.
///
/// `setGameScore` takes either a chat message or an inline message, never both (Bot API, `setGameScore`), and the
/// message alone decides whose game's table is written.
package enum Target: Hashable, Sendable {
    /// A message of the bot in a chat.
    case message(chat: TelegramChatID, id: Int64)
    /// A message sent through inline mode, by its opaque id.
    case inline(String)
    /// Nowhere: a Mini App has no game message.
    case none
}
