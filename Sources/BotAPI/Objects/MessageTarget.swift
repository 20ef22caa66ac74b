import JSON

/// How Telegram addresses a message: by chat and number, or by an inline message id, never by both.
package enum MessageTarget: Sendable, Hashable {
    /// A message in a chat that the bot can see.
    case chat(chatID: Int64, messageID: Int32)
    /// A message sent through inline mode; its chat stays unknown to the bot.
    case inline(String)

    /// Reads the target from a callback query; nil when neither form is complete.
    ///
    /// Message numbers outside 1…2147483647 address nothing.
    init?(callbackQuery json: JSONValue) {
        if let message = json["message"],
            let chatID = message["chat"]?["id"]?.lenientInt64, chatID != 0,
            let messageID = message["message_id"]?.lenientInt64, messageID > 0,
            let number = Int32(exactly: messageID)
        {
            self = .chat(chatID: chatID, messageID: number)
        } else if let inlineMessageID = json["inline_message_id"]?.string, !inlineMessageID.isEmpty {
            self = .inline(inlineMessageID)
        } else {
            return nil
        }
    }

    /// Writes the parameters that name the message, and only those of the form at hand.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .chat(let chatID, let messageID):
            writer.member("chat_id", chatID)
            writer.member("message_id", Int64(messageID))
        case .inline(let inlineMessageID):
            writer.member("inline_message_id", inlineMessageID)
        }
    }
}
