package import JSON

/// A Telegram account, of a person or of a bot.
package struct User: Sendable, Hashable {
    /// The account's id, always positive.
    package let id: Int64
    /// Whether the account is a bot; false when Telegram does not say.
    package var isBot: Bool = false
    /// The first name; empty for an account that Telegram knows nothing of.
    package let firstName: String
    /// The last name, if there is one.
    package var lastName: String?
    /// The user name without `@`, if there is one.
    package var username: String?
    /// The language of the user's app, such as `pt-br`, where Telegram says it.
    package var languageCode: String?
}

extension User {
    /// Reads a user; names of another type than text count as absent: without a positive id it is no user.
    package init?(_ json: JSONValue) {
        guard let id = json["id"]?.lenientInt64, id > 0 else { return nil }
        self.init(
            id: id,
            isBot: json["is_bot"]?.bool ?? false,
            firstName: json["first_name"]?.string ?? "",
            lastName: json["last_name"]?.string,
            username: json["username"]?.string,
            languageCode: json["language_code"]?.string
        )
    }
}
