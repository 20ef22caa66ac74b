import JSON

/// What somebody has typed after `@bot`, waiting for results.
package struct InlineQuery: Sendable, Hashable {
    /// The id by which the query is answered.
    package let id: String
    package let from: User?
    /// The text after the bot's name.
    package let query: String
    /// What the previous answer gave as the place to go on; empty at first.
    package var offset: String = ""
}

extension InlineQuery {
    /// Reads a query: without an id it cannot be answered and is no query.
    init?(_ json: JSONValue) {
        guard let id = json["id"]?.lenientString, !id.isEmpty else { return nil }
        self.init(
            id: id,
            from: json["from"].flatMap(User.init),
            query: json["query"]?.string ?? "",
            offset: json["offset"]?.lenientString ?? ""
        )
    }
}

/// An inline result that somebody has sent; told only to bots that asked BotFather for it.
package struct ChosenInlineResult: Sendable, Hashable {
    /// The id that the answer gave the result.
    package let resultID: String
    package let from: User?
    /// The message that it became, when it has buttons.
    package let inlineMessageID: String?
}

extension ChosenInlineResult {
    /// Reads a chosen result: without a result id it is none.
    init?(_ json: JSONValue) {
        guard let resultID = json["result_id"]?.lenientString else { return nil }
        self.init(
            resultID: resultID,
            from: json["from"].flatMap(User.init),
            inlineMessageID: json["inline_message_id"]?.string
        )
    }
}
