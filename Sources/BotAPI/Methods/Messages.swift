package import JSON

/// Posts a game with its Play button.
package struct SendGame: BotMethod {
    package static let name: StaticString = "sendGame"

    /// The chat; neither a channel nor a channel's direct messages.
    package let chatID: Int64
    /// The game's name with BotFather.
    package let gameShortName: String
    /// The forum topic, if the chat has topics.
    package let topicID: Int64?

    package init(chatID: Int64, gameShortName: String, topicID: Int64? = nil) {
        self.chatID = chatID
        self.gameShortName = gameShortName
        self.topicID = topicID
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("chat_id", chatID)
        writer.member("message_thread_id", ifPresent: topicID)
        writer.member("game_short_name", gameShortName)
    }

    package static func output(from result: JSONValue) -> SentMessage? { SentMessage(result) }
}

/// Posts a plain text.
package struct SendMessage: BotMethod {
    package static let name: StaticString = "sendMessage"

    package let chatID: Int64
    /// 1–4096 characters, shown as they are.
    package let text: String
    /// The forum topic, if the chat has topics.
    package let topicID: Int64?

    package init(chatID: Int64, text: String, topicID: Int64? = nil) {
        self.chatID = chatID
        self.text = text
        self.topicID = topicID
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("chat_id", chatID)
        writer.member("message_thread_id", ifPresent: topicID)
        writer.member("text", text)
    }

    package static func output(from result: JSONValue) -> SentMessage? { SentMessage(result) }
}

/// Asks what somebody is in a chat.
package struct GetChatMember: BotMethod {
    package static let name: StaticString = "getChatMember"

    package let chatID: Int64
    package let userID: Int64

    package init(chatID: Int64, userID: Int64) {
        self.chatID = chatID
        self.userID = userID
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("chat_id", chatID)
        writer.member("user_id", userID)
    }

    /// Whether it is one who may change the chat.
    package static func output(from result: JSONValue) -> Bool? {
        result["status"]?.string.map { ["creator", "administrator"].contains($0) }
    }
}
