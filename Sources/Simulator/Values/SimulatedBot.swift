/// How presses on a bot's own messages arrive (`setMySettings`).
package enum CallbackQueryMode: String, Codable, Sendable, CaseIterable {
    /// With the message, even if only its address is left.
    case `default`
    /// As an inline one where the server has lost the message.
    case auto
    /// Always as an inline one.
    case inline
}

/// A bot, its games and its updates.
package struct SimulatedBot: Codable, Sendable {
    package let id: Int64
    let token: String
    package var username: String
    package var name: String
    package var games: [SimulatedGame] = []
    /// The commands of `setMyCommands` as JSON.
    package var commands = "[]"
    package var isInline = true
    /// Whether BotFather's inline feedback is on.
    package var hasInlineFeedback = false
    /// How presses on its own messages arrive.
    package internal(set) var callbackQueryMode = CallbackQueryMode.default
    /// Whether it is told of mentions in chats that it is no member of.
    package internal(set) var takesGuestQueries = false
    package var webhook: WebhookSettings?
    /// The kinds asked for; nil for the default, which is everything that a simulator produces.
    package var allowedUpdates: [String]?
    package var queue = UpdateQueue()
    var lastWebhookChange: Int64?
    /// Counts `getUpdates` calls, so that a waiting one notices that it was replaced.
    var pollGeneration = 0

    init(id: Int64, token: String, username: String, name: String) {
        self.id = id
        self.token = token
        self.username = username
        self.name = name
    }

    func game(_ shortName: String) -> SimulatedGame? { games.first { $0.shortName == shortName } }

    func wants(_ kind: UpdateKind) -> Bool { allowedUpdates?.contains(kind.rawValue) ?? true }

    /// The `User` object of the bot.
    var document: Document {
        ["id": .integer(id), "is_bot": true, "first_name": .string(name), "username": .string(username)]
    }
}
