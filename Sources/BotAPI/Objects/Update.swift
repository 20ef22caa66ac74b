package import JSON

/// One update of a bot, read leniently.
///
/// Only what the service uses is read. Unknown members are ignored, `null` means absent, ids may be numbers or
/// strings, and a member of an unexpected shape counts as absent, so an odd part never hides the rest.
package struct Update: Sendable, Hashable {
    /// The number by which repeated deliveries are told apart; it grows by one per update of the bot.
    package let updateID: Int64
    package let event: Event

    /// The kinds of updates that the service acts upon.
    package enum Event: Sendable, Hashable {
        /// Somebody pressed a button under one of the bot's messages.
        case callbackQuery(CallbackQuery)
        /// A message arrived in a chat with the bot.
        case message(IncomingMessage)
        /// Somebody mentioned the bot in a chat that it is no member of.
        case guestMessage(GuestMessage)
        /// The bot's own membership of a chat changed.
        case myChatMember(ChatMemberUpdated)
        /// Somebody is typing `@bot …`.
        case inlineQuery(InlineQuery)
        /// Somebody sent one of the offered inline results.
        case chosenInlineResult(ChosenInlineResult)
        /// Anything else, or one of the above without the parts that it cannot do without.
        case other
    }

    /// The value of `allowed_updates`: exactly the kinds that are read here.
    package static let kindsInUse = [
        "message", "guest_message", "callback_query", "inline_query", "chosen_inline_result",
        "my_chat_member",
    ]

    /// Updates come from a trusted sender and may quote messages deeply; only the memory used is to be bounded.
    static let maximumDepth = 512

    /// Reads the body of a webhook delivery.
    ///
    /// - Returns: Nil when the bytes are not a JSON object with an update id.
    package static func decode(_ bytes: [UInt8]) -> Update? {
        guard let json = try? JSON.parse(bytes, maximumDepth: maximumDepth) else { return nil }
        return Update(json)
    }
}

extension Update {
    /// Reads one element of the answer to `getUpdates`, or a whole delivery: without an update id it is no update.
    package init?(_ json: JSONValue) {
        guard let updateID = json["update_id"]?.lenientInt64 else { return nil }
        self.init(updateID: updateID, event: Event(json))
    }
}

extension Update.Event {
    init(_ update: JSONValue) {
        if let query = update["callback_query"].flatMap(CallbackQuery.init) {
            self = .callbackQuery(query)
        } else if let message = update["message"].flatMap(IncomingMessage.init) {
            self = .message(message)
        } else if let mention = update["guest_message"].flatMap(GuestMessage.init) {
            self = .guestMessage(mention)
        } else if let change = update["my_chat_member"].flatMap(ChatMemberUpdated.init) {
            self = .myChatMember(change)
        } else if let query = update["inline_query"].flatMap(InlineQuery.init) {
            self = .inlineQuery(query)
        } else if let result = update["chosen_inline_result"].flatMap(ChosenInlineResult.init) {
            self = .chosenInlineResult(result)
        } else {
            self = .other
        }
    }
}
