import JSON

/// A message in a chat that the bot can see.
package struct IncomingMessage: Sendable, Hashable {
    /// The chat in which it stands.
    package let chat: Chat
    /// Its number in the chat; 0 when it has none.
    package let messageID: Int64
    /// Who sent it; nil in channels.
    package let from: User?
    /// Whether a person sent it in the name of a chat, as anonymous administrators do.
    ///
    /// Telegram then puts a bot of its own into `from`.
    package let isInNameOfChat: Bool
    /// The bot through whose inline mode it was sent.
    package let viaBotID: Int64?
    /// The command at its beginning.
    package let command: IncomingCommand?
    /// Whether it shows a game.
    package let hasGame: Bool
    /// The forum topic in which it stands; nil elsewhere, also in threads of replies.
    package let topicID: Int64?
    /// The supergroup that this chat, a basic group, has become.
    package let migrateToChatID: Int64?
    /// The basic group that this chat, a supergroup, has been.
    package let migrateFromChatID: Int64?

    /// Creates a message.
    ///
    /// - Parameters:
    ///   - chat: The chat in which it stands.
    ///   - messageID: Its number in the chat.
    ///   - isInNameOfChat: Whether a person sent it in the name of a chat.
    ///   - viaBotID: The bot through whose inline mode it was sent.
    ///   - command: The command at its beginning.
    ///   - hasGame: Whether it shows a game.
    ///   - topicID: The forum topic in which it stands.
    ///   - migrateToChatID: The supergroup that this chat has become.
    ///   - migrateFromChatID: The basic group that this chat has been.
    package init(
        chat: Chat,
        messageID: Int64,
        from: User?,
        isInNameOfChat: Bool = false,
        viaBotID: Int64? = nil,
        command: IncomingCommand? = nil,
        hasGame: Bool = false,
        topicID: Int64? = nil,
        migrateToChatID: Int64? = nil,
        migrateFromChatID: Int64? = nil
    ) {
        self.chat = chat
        self.messageID = messageID
        self.from = from
        self.isInNameOfChat = isInNameOfChat
        self.viaBotID = viaBotID
        self.command = command
        self.hasGame = hasGame
        self.topicID = topicID
        self.migrateToChatID = migrateToChatID
        self.migrateFromChatID = migrateFromChatID
    }

    /// Whether no person sent it.
    package var isOfBot: Bool { from?.isBot == true && !isInNameOfChat }

    /// Reads a message.
    ///
    /// - Parameter json: Anything; without a chat it is no message.
    init?(_ json: JSONValue) {
        guard let chat = json["chat"].flatMap(Chat.init) else { return nil }
        let isInTopic = json["is_topic_message"]?.bool == true
        self.init(
            chat: chat,
            messageID: json["message_id"]?.lenientInt64 ?? 0,
            from: json["from"].flatMap(User.init),
            isInNameOfChat: json["sender_chat"]?.kind == .object,
            viaBotID: json["via_bot"]?["id"]?.lenientInt64,
            command: IncomingCommand(message: json),
            hasGame: json["game"]?.kind == .object,
            topicID: isInTopic ? json["message_thread_id"]?.lenientInt64 : nil,
            migrateToChatID: json["migrate_to_chat_id"]?.lenientInt64,
            migrateFromChatID: json["migrate_from_chat_id"]?.lenientInt64
        )
    }
}
