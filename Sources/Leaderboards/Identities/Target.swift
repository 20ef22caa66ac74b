/// Where Telegram shows a score.
///
/// `setGameScore` takes either a chat message or an inline message, never both (Bot API, `setGameScore`), and the
/// message alone decides whose game's table is written. A target that Telegram could not mean cannot be made.
package enum Target: Hashable, Sendable {
    /// A message of the bot in a chat.
    case message(ChatMessage)
    /// A message sent through inline mode, by its opaque id.
    case inline(InlineMessageID)
    /// Nowhere: a Mini App has no game message.
    case none

    /// Names a message in a chat; nil where there can be none of that name.
    package init?(chat: Int64, message: Int64) {
        guard let message = ChatMessage(chat: TelegramChatID(rawValue: chat), id: message) else { return nil }
        self = .message(message)
    }

    /// Names a message sent through inline mode; nil where there can be none of that name.
    package init?(inline id: String) {
        guard let id = InlineMessageID(id) else { return nil }
        self = .inline(id)
    }

    /// The chat that the message stands in, where the target names one.
    package var chat: TelegramChatID? {
        guard case .message(let message) = self else { return nil }
        return message.chat
    }
}

/// A message by its chat and its number there.
package struct ChatMessage: Hashable, Sendable {
    package let chat: TelegramChatID
    /// From 1 on.
    package let id: Int32

    /// Names a message; nil for a chat outside Telegram's ranges or a number outside 1…2147483647.
    package init?(chat: TelegramChatID, id: Int64) {
        guard chat.isInRange, let id = Int32(exactly: id), id > 0 else { return nil }
        self.chat = chat
        self.id = id
    }
}

/// The opaque id of a message sent through inline mode.
package struct InlineMessageID: Hashable, Sendable, CustomStringConvertible {
    /// Telegram's are around 30 characters of base64url.
    package static let lengths = 1...200

    package let description: String

    /// Reads an id; nil for anything but 1 to 200 visible ASCII characters.
    package init?(_ text: String) {
        guard Self.lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        description = text
    }
}
