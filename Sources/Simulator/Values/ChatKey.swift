/// Which conversation is meant, whoever sees it.
///
/// A chat id alone is not enough: a person's private chats with two bots carry the same id, and a private chat
/// between two people has none that a bot ever learns.
package enum ChatKey: Hashable, Codable, Sendable {
    /// A group, supergroup or channel, by its (negative) id.
    case shared(Int64)
    /// The private chat of a person with a bot.
    case bot(Int64, user: Int64)
    /// The private chat of two people, the smaller id first.
    case people(Int64, Int64)

    /// The key as the control routes write it: `-1001`, `7001:5001` (bot and person) or `5001~5002`.
    package var text: String {
        switch self {
        case .shared(let id): "\(id)"
        case .bot(let bot, let user): "\(bot):\(user)"
        case .people(let first, let second): "\(first)~\(second)"
        }
    }

    /// The key written as ``text`` writes it, or nil.
    package init?(_ text: String) {
        let byBot = text.split(separator: ":", omittingEmptySubsequences: false)
        let byPeople = text.split(separator: "~", omittingEmptySubsequences: false)
        if let id = Int64(text), id < 0 {
            self = .shared(id)
        } else if byBot.count == 2, let bot = Int64(byBot[0]), let user = Int64(byBot[1]) {
            self = .bot(bot, user: user)
        } else if byPeople.count == 2, let first = Int64(byPeople[0]), let second = Int64(byPeople[1]) {
            self = .people(min(first, second), max(first, second))
        } else {
            return nil
        }
    }
}

/// Where a message is: its chat and its number there.
package struct MessageAddress: Hashable, Codable, Sendable {
    package let chat: ChatKey
    package let message: Int64

    package init(chat: ChatKey, message: Int64) {
        self.chat = chat
        self.message = message
    }
}

/// A game of a bot.
package struct GameName: Hashable, Codable, Sendable {
    package let bot: Int64
    package let shortName: String

    package init(bot: Int64, shortName: String) {
        self.bot = bot
        self.shortName = shortName
    }
}
