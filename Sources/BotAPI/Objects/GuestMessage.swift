import JSON

/// A message that mentions the bot in a chat which it is no member of, waiting for one answer.
///
/// Its chat is left out: the id is not one of those under which the bot's own chats are known.
package struct GuestMessage: Sendable, Hashable {
    /// The id by which the mention is answered.
    package let queryID: String
    package let from: User?
    package let text: String
    /// Whether a person wrote it in the name of a chat; Telegram then puts a bot of its own into `from`.
    package var isInNameOfChat: Bool = false

    /// Whether no person wrote it.
    package var isOfBot: Bool { from?.isBot == true && !isInNameOfChat }
}

extension GuestMessage {
    /// Reads a mention: without the id of its query it cannot be answered and is none.
    init?(_ json: JSONValue) {
        guard let queryID = json["guest_query_id"]?.lenientString, !queryID.isEmpty else { return nil }
        self.init(
            queryID: queryID,
            from: json["from"].flatMap(User.init),
            text: json["text"]?.string ?? json["caption"]?.string ?? "",
            isInNameOfChat: json["sender_chat"]?.kind == .object
        )
    }
}
