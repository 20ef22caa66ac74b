package import JSON

/// One row of Telegram's own table of a game in a chat.
package struct HighScore: Sendable, Hashable {
    /// The place in the table, from 1.
    package let position: Int64
    package let user: User
    /// The score that Telegram holds.
    package let score: Int64
}

extension HighScore {
    /// Reads a row: without a user and a score it is no row.
    package init?(_ json: JSONValue) {
        guard let user = json["user"].flatMap(User.init), let score = json["score"]?.lenientInt64 else {
            return nil
        }
        self.init(position: json["position"]?.lenientInt64 ?? 0, user: user, score: score)
    }
}
