/// How a call names a chat and a message, and what stands in the way.
extension SimulatedTelegram {
    /// What a call wants to do in a chat.
    enum Access {
        case read, edit, write
    }

    /// The chat that a bot names in `chat_id`, once it is sure that the bot may do what it wants there.
    func chat(_ text: String, for bot: Int64, _ access: Access) throws(MethodError) -> SimulatedChat {
        guard !text.isEmpty else { throw .badRequest("chat_id is empty") }
        guard let chat = find(text, for: bot) else {
            if let user = Int64(text), users[user] != nil, access == .write {
                throw .forbidden("bot can't initiate conversation with a user")
            }
            throw .badRequest("chat not found")
        }
        if case .bot(_, let user) = chat.key, users[user]?.isDeactivated == true {
            throw .forbidden("user is deactivated")
        }
        let place = chat.kind == .private ? "private chat" : "the \(chat.kind.rawValue) chat"
        guard !chat.isDeleted else { throw .forbidden("the group chat was deleted") }
        if let new = chat.migratedTo, access == .write {
            throw MethodError(
                code: 400,
                description: "Bad Request: group chat was upgraded to a supergroup chat",
                migrateTo: new
            )
        }
        switch chat.bots[bot] ?? Membership.none {
        case .member, .administrator, .restricted: return chat
        case .kicked where chat.kind == .private: throw .forbidden("bot was blocked by the user")
        case .kicked: throw .forbidden("bot was kicked from \(place)")
        case .left: throw .forbidden("bot is not a member of \(place)")
        case .none:
            guard chat.kind == .private else { throw .forbidden("bot is not a member of \(place)") }
            throw .forbidden("bot can't initiate conversation with a user")
        }
    }

    private func find(_ text: String, for bot: Int64) -> SimulatedChat? {
        if text.hasPrefix("@") {
            let name = text.dropFirst().lowercased()
            return chats.values.first { $0.kind != .private && $0.username?.lowercased() == name }
        }
        guard let id = Int64(text) else { return nil }
        return chats[id < 0 ? .shared(id) : .bot(bot, user: id)]
    }

    /// The game message that a score call names, in the order of checks of Telegram's server.
    ///
    /// - Parameters:
    ///   - access: What the call wants to do.
    ///   - purpose: What the text about a missing message says, such as `set game score`.
    /// - Returns: The message, its game, and whether it was addressed as an inline message.
    /// - Throws: The first of the failures, with its text.
    func gameMessage(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ access: Access,
        purpose: String
    ) throws(MethodError) -> (address: MessageAddress, game: GameName, isInline: Bool) {
        guard parameters.int64("user_id") > 0 else { throw .badRequest("invalid user_id specified") }
        let number = parameters.messageNumber
        guard !parameters["chat_id"].isEmpty || number != 0 else {
            let (address, game) = try inlineGameMessage(bot, parameters["inline_message_id"])
            return (address, game, true)
        }
        let chat = try chat(parameters["chat_id"], for: bot, access)
        guard number > 0, chat.migratedTo == nil, let message = chat.message(number), !message.isInaccessible
        else {
            throw .badRequest("message to \(purpose) not found")
        }
        if access == .edit, chat.bots[bot] == .restricted {
            throw .badRequest("have no write access to the chat")
        }
        guard access == .edit else {
            guard let game = message.game, game.bot == bot else { throw .badRequest("MESSAGE_ID_INVALID") }
            return (MessageAddress(chat: chat.key, message: number), game, false)
        }
        let isOwn = message.sender == .bot(bot) || chat.kind == .supergroup && message.viaBot == bot
        guard let game = message.game, game.bot == bot, message.keyboard != nil, isOwn else {
            throw .badRequest("game score can't be set")
        }
        return (MessageAddress(chat: chat.key, message: number), game, false)
    }

    private func inlineGameMessage(
        _ bot: Int64,
        _ identifier: String
    ) throws(MethodError) -> (MessageAddress, GameName) {
        guard !identifier.isEmpty else { throw .badRequest("message identifier is not specified") }
        guard Identifiers.isInlineMessage(identifier) else {
            throw .badRequest("invalid inline message identifier specified")
        }
        guard let address = inlineMessages[identifier], let message = message(address),
            owner(of: message) == bot,
            let game = message.game
        else { throw .badRequest("MESSAGE_ID_INVALID") }
        return (address, game)
    }

    /// Counts a call that posts or edits, and refuses it when there were too many.
    mutating func countWrite(_ bot: Int64, _ chat: ChatKey, _ now: Int64) throws(MethodError) {
        let isPrivate = chats[chat]?.kind == .private
        if let seconds = limits.admit(bot: bot, chat: chat, isPrivate: isPrivate, now: now) {
            throw .tooMany(retryAfter: seconds)
        }
    }
}
