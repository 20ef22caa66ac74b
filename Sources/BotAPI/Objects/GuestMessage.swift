import JSON

/// A message that mentions the bot in a chat which it is no member of, waiting for one answer.
///
/// Its chat is left out: the id is not one of those under which the bot's own chats are known.
package struct GuestMessage: Sendable, Hashable {
    /// The id by which the mention is answered.
    package let queryID: String
    /// Who wrote it.
    package let from: User?
    /// What was written.
    package let text: String

    /// Creates a mention.
    ///
    /// - Parameters:
    ///   - queryID: The id by which the mention is answered.
    ///   - from: Who wrote it.
    ///   - text: What was written.
    package init(queryID: String, from: User?, text: String) {
        self.queryID = queryID
        self.from = from
        self.text = text
    }

    /// Reads a mention.
    ///
    /// - Parameter json: Anything; without the id of its query it cannot be answered and is none.
    init?(_ json: JSONValue) {
        guard let queryID = json["guest_query_id"]?.lenientString, !queryID.isEmpty else { return nil }
        self.init(
            queryID: queryID,
            from: json["from"].flatMap(User.init),
            text: json["text"]?.string ?? json["caption"]?.string ?? ""
        )
    }
}
