package import JSON

/// The address of a message that the bot has sent.
package struct SentMessage: Sendable, Hashable {
    /// The chat in which it stands.
    package let chatID: Int64
    /// Its number in the chat.
    package let messageID: Int64
}

extension SentMessage {
    /// Reads an address from a whole message: without a chat and a number it is no message.
    package init?(_ json: JSONValue) {
        guard let chatID = json["chat"]?["id"]?.lenientInt64,
            let messageID = json["message_id"]?.lenientInt64
        else { return nil }
        self.init(chatID: chatID, messageID: messageID)
    }
}
