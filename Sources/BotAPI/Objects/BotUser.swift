package import JSON

/// A bot as `getMe` describes it.
package struct BotUser: Sendable, Hashable {
    /// The bot's id, the number before `:` in its token.
    package let id: Int64
    /// The bot's user name without `@`.
    package let username: String
    /// The bot's shown name.
    package let firstName: String
    /// Whether inline mode is switched on with BotFather.
    package let supportsInlineQueries: Bool
    /// How presses on the bot's own messages arrive, where Telegram tells; nil where it does not.
    package var callbackQueryMode: String?
}

extension BotUser {
    /// Reads a bot: without an id and a user name it is no bot.
    package init?(_ json: JSONValue) {
        guard let user = User(json), let username = user.username, !username.isEmpty else { return nil }
        self.init(
            id: user.id,
            username: username,
            firstName: user.firstName,
            supportsInlineQueries: json["supports_inline_queries"]?.bool ?? false,
            callbackQueryMode: json["callback_query_mode"]?.string
        )
    }
}
