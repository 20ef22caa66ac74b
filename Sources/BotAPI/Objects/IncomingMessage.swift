import JSON

/// A message in a chat that the bot can see.
package struct IncomingMessage: Sendable, Hashable {
    /// The chat in which it stands.
    package let chat: Chat
    /// Its number in the chat; 0 when it has none.
    package let messageID: Int64
    /// Who sent it; nil in channels.
    package let from: User?
    /// The chat in whose name a person sent it: of an anonymous administrator the very chat in which it stands.
    ///
    /// Telegram then puts a bot of its own into `from`.
    package var senderChatID: Int64?
    /// The bot through whose inline mode it was sent.
    package var viaBotID: Int64?
    /// The command at its beginning.
    package var command: IncomingCommand?
    /// Whether it shows a game.
    package var hasGame: Bool = false
    /// The forum topic in which it stands; nil elsewhere, also in threads of replies.
    package var topicID: Int64?
    /// The supergroup that this chat, a basic group, has become.
    package var migrateToChatID: Int64?
    /// The basic group that this chat, a supergroup, has been.
    package var migrateFromChatID: Int64?

    /// Whether no person sent it.
    package var isOfBot: Bool { from?.isBot == true && !isInNameOfChat }

    /// Whether nobody knows which person sent it.
    package var isInNameOfChat: Bool { senderChatID != nil }
}

extension IncomingMessage {
    /// Reads a message: without a chat it is no message.
    init?(_ json: JSONValue) {
        guard let chat = json["chat"].flatMap(Chat.init) else { return nil }
        let isInTopic = json["is_topic_message"]?.bool == true
        self.init(
            chat: chat,
            messageID: json["message_id"]?.lenientInt64 ?? 0,
            from: json["from"].flatMap(User.init),
            senderChatID: json["sender_chat"].flatMap {
                $0.kind == .object ? $0["id"]?.lenientInt64 ?? 0 : nil
            },
            viaBotID: json["via_bot"]?["id"]?.lenientInt64,
            command: IncomingCommand(message: json),
            hasGame: json["game"]?.kind == .object,
            topicID: isInTopic ? json["message_thread_id"]?.lenientInt64 : nil,
            migrateToChatID: json["migrate_to_chat_id"]?.lenientInt64,
            migrateFromChatID: json["migrate_from_chat_id"]?.lenientInt64
        )
    }
}
