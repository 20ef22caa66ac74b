import JSON

/// A press of a button under one of the bot's messages.
package struct CallbackQuery: Sendable, Hashable {
    /// The id by which the press is answered.
    package let id: String
    /// Who pressed; nil only when the sender of the update left it out, and the press is to be answered still.
    package let from: User?
    /// The message under which the button was; nil when it cannot be addressed.
    package let target: MessageTarget?
    /// The message's chat, which is known for ``MessageTarget/chat(chatID:messageID:)`` only.
    package var chat: Chat?
    /// Whether Telegram could still load the message; false says that its score probably cannot be set.
    package var isAccessible: Bool = true
    /// The chat's instance as sent, not checked to be a number.
    package let chatInstance: String?
    /// The game whose button was pressed.
    package let gameShortName: String?
    /// Whether the button carries `data`, as buttons that are not game buttons do.
    package var hasData: Bool = false
}

extension CallbackQuery {
    /// Reads a press: without an id it cannot be answered and is no press.
    init?(_ json: JSONValue) {
        guard let id = json["id"]?.lenientString, !id.isEmpty else { return nil }
        let message = json["message"]
        self.init(
            id: id,
            from: json["from"].flatMap(User.init),
            target: MessageTarget(callbackQuery: json),
            chat: message?["chat"].flatMap(Chat.init),
            // The only documented mark of a message that Telegram cannot load.
            isAccessible: message?["date"]?.lenientInt64 != 0,
            chatInstance: json["chat_instance"]?.lenientString,
            gameShortName: json["game_short_name"]?.string,
            hasData: json["data"]?.string != nil
        )
    }
}
