/// A person.
package struct SimulatedUser: Codable, Sendable, Equatable {
    package let id: Int64
    package var firstName: String
    package var lastName: String?
    package var username: String?
    package var languageCode: String?
    package var isDeactivated = false

    package init(
        id: Int64,
        firstName: String,
        lastName: String? = nil,
        username: String? = nil,
        languageCode: String? = "en"
    ) {
        self.id = id
        self.firstName = firstName
        self.lastName = lastName
        self.username = username
        self.languageCode = languageCode
    }

    /// First and last name as a client shows them.
    package var displayName: String {
        [firstName, lastName ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The `User` object of the Bot API.
    var document: Document {
        [
            "id": .integer(id), "is_bot": false, "first_name": .string(firstName),
            "last_name": .optional(lastName),
            "username": .optional(username), "language_code": .optional(languageCode),
        ]
    }
}

/// A game as its owner described it to BotFather.
package struct SimulatedGame: Codable, Sendable, Equatable {
    package let shortName: String
    package var title: String
    package var description: String

    package init(shortName: String, title: String, description: String = "") {
        self.shortName = shortName
        self.title = title
        self.description = description
    }
}

/// A bot as a member of a chat, or not one.
package enum Membership: String, Codable, Sendable {
    case member, administrator, restricted, left, kicked
    /// The chat was never opened: a private chat whose person has not pressed Start.
    case none
}
