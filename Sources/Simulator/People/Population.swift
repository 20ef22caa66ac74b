/// Who and what there is: bots, games, people, chats. Adding something that exists changes it instead.
extension SimulatedTelegram {
    /// Adds a bot, or renames the bot with this token.
    ///
    /// - Parameter token: `digits:text`; the digits are the bot's id.
    /// - Throws: ``SimulationError`` when the token has no such form or another bot has its id.
    @discardableResult
    package mutating func addBot(
        token: String,
        username: String,
        name: String
    ) throws(SimulationError) -> Int64 {
        let parts = token.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = Int64(parts[0]), id > 0, !parts[1].isEmpty,
            parts[1].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") })
        else { throw .invalid("a token is digits, a colon, and letters, digits, '_' or '-'") }
        guard bots[id].map({ $0.token == token }) ?? true else {
            throw .invalid("another bot has the id \(id)")
        }
        version += 1
        bots[id, default: SimulatedBot(id: id, token: token, username: username, name: name)].username =
            username
        bots[id]?.name = name
        return id
    }

    /// Switches the inline feedback of a bot, which BotFather calls `/setinlinefeedback`.
    package mutating func setInlineFeedback(_ isOn: Bool, of bot: Int64) throws(SimulationError) {
        guard bots[bot] != nil else { throw .notFound("bot \(bot)") }
        bots[bot]?.hasInlineFeedback = isOn
    }

    /// Adds a game to a bot, or changes its title and description.
    package mutating func addGame(_ game: SimulatedGame, to bot: Int64) throws(SimulationError) {
        guard bots[bot] != nil else { throw .notFound("bot \(bot)") }
        version += 1
        bots[bot]?.games.removeAll { $0.shortName == game.shortName }
        bots[bot]?.games.append(game)
    }

    /// Adds a person, or changes the name of one.
    package mutating func addUser(_ user: SimulatedUser) {
        version += 1
        users[user.id] = user
    }

    /// Adds a group, supergroup or channel, or changes its title, and lets people and bots in.
    ///
    /// - Parameters:
    ///   - kind: Not private: private chats are there as soon as there are two to talk.
    ///   - id: The id; nil for a new one of the kind's range.
    ///   - bots: Which bots are in; nobody is told.
    /// - Returns: The key of the chat.
    /// - Throws: ``SimulationError`` for a private chat, an id that is not negative, or somebody unknown.
    @discardableResult
    package mutating func addChat(
        _ kind: SimulatedChat.Kind,
        id: Int64? = nil,
        title: String,
        users: [Int64],
        bots: [Int64]
    ) throws(SimulationError) -> ChatKey {
        guard kind != .private else { throw .invalid("a private chat is there without being made") }
        let id = id ?? newChatNumber(kind)
        guard id < 0 else { throw .invalid("the id of a \(kind.rawValue) is negative") }
        if let missing = users.first(where: { self.users[$0] == nil }) { throw .notFound("user \(missing)") }
        if let missing = bots.first(where: { self.bots[$0] == nil }) { throw .notFound("bot \(missing)") }
        let key = ChatKey.shared(id)
        version += 1
        let new = SimulatedChat(key: key, kind: kind, title: title, users: users, bots: [:])
        chats[key, default: new].title = title
        for user in users where chats[key]?.users.contains(user) == false { chats[key]?.users.append(user) }
        for bot in bots where chats[key]?.bots[bot] == nil { chats[key]?.bots[bot] = .member }
        return key
    }

    /// The private chat of a person with a bot or with another person, made when it is first needed.
    package mutating func privateChat(_ key: ChatKey) throws(SimulationError) -> ChatKey {
        guard chats[key] == nil else { return key }
        switch key {
        case .shared(let id): throw .notFound("chat \(id)")
        case .bot(let bot, let user):
            guard bots[bot] != nil else { throw .notFound("bot \(bot)") }
            guard users[user] != nil else { throw .notFound("user \(user)") }
            chats[key] = SimulatedChat(
                key: key,
                kind: .private,
                title: nil,
                users: [user],
                bots: [bot: .none]
            )
        case .people(let first, let second):
            for user in [first, second] where users[user] == nil { throw .notFound("user \(user)") }
            chats[key] = SimulatedChat(
                key: key,
                kind: .private,
                title: nil,
                users: [first, second],
                bots: [:]
            )
        }
        version += 1
        return key
    }

    /// A chat id that is not in use, in the range of its kind.
    mutating func newChatNumber(_ kind: SimulatedChat.Kind) -> Int64 {
        let range: ClosedRange<Int64> =
            kind == .group ? -999_999_999 ... -100_000_000 : -1_002_999_999_999 ... -1_002_000_000_000
        var id = Int64.random(in: range, using: &identifiers)
        while chats[.shared(id)] != nil { id = Int64.random(in: range, using: &identifiers) }
        return id
    }
}
