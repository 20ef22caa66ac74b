/// Messages that people write, forward, share and delete.
extension SimulatedTelegram {
    /// A person writes a text.
    ///
    /// Bots in groups see commands meant for them and nothing else (privacy mode). Writing to a bot for the first
    /// time, or again after blocking it, opens the private chat.
    ///
    /// - Throws: ``SimulationError`` when there is no such person or chat, or the chat is no more.
    @discardableResult
    package mutating func say(
        user: Int64,
        in chat: ChatKey,
        _ text: String,
        now: Int64
    ) throws(SimulationError) -> MessageAddress {
        guard users[user] != nil else { throw .notFound("user \(user)") }
        guard (1...4096).contains(text.utf16.count) else { throw .invalid("a text has 1 to 4096 characters") }
        let chat = try openChat(chat)
        if case .bot(let bot, _) = chat, chats[chat]?.bots[bot] == .kicked {
            try setMembership(.member, of: bot, in: chat, by: user, now: now)
        } else if case .bot(let bot, _) = chat {
            chats[chat]?.bots[bot] = .member
        }
        guard let message = post(in: chat, from: .user(user), .text(text), now: now) else {
            throw .notFound("chat \(chat.text)")
        }
        tell(botsThatSee(text, in: chat), of: message, in: chat, now: now)
        tellGuests(mentionedIn: text, of: message, in: chat, by: user, now: now)
        return MessageAddress(chat: chat, message: message.number)
    }

    /// A person posts an offer of an inline answer.
    ///
    /// - Parameter query: The text that was typed.
    /// - Throws: ``SimulationError`` when there is no such person or chat, or nobody can write there.
    @discardableResult
    package mutating func share(
        user: Int64,
        in chat: ChatKey,
        bot: Int64,
        _ result: InlineAnswer.Result,
        query: String,
        now: Int64
    ) throws(SimulationError) -> MessageAddress {
        let chat = try openChat(chat)
        let content: SimulatedMessage.Content =
            result.game.map { .game(GameName(bot: bot, shortName: $0), scoreboard: nil) }
            ?? .text(result.text)
        let address = try postInline(content, result.keyboard, via: bot, by: user, in: chat, now: now)
        if bots[bot]?.hasInlineFeedback == true {
            let chosen: Document = [
                "result_id": .string(result.id), "from": userDocument(user), "query": .string(query),
                "inline_message_id": result.keyboard == nil
                    ? .absent : .optional(message(address)?.inlineIdentifier),
            ]
            enqueue(.chosenInlineResult, for: bot, lane: "\(user)", chosen, now: now)
        }
        return address
    }

    /// A person forwards a message; a game becomes a message sent via its bot, with an identifier of its own.
    @discardableResult
    package mutating func forward(
        user: Int64,
        _ address: MessageAddress,
        to chat: ChatKey,
        now: Int64
    ) throws(SimulationError) -> MessageAddress {
        guard let original = message(address) else { throw .notFound("message \(address.message)") }
        let chat = try openChat(chat)
        switch original.content {
        case .game(let game, _):
            let copy = try postInline(
                .game(game, scoreboard: nil),
                original.keyboard,
                via: game.bot,
                by: user,
                in: chat,
                now: now
            )
            chats[chat]?.change(copy.message) { $0.isForwarded = true }
            return copy
        case .text(let text): return try say(user: user, in: chat, text, now: now)
        default: throw .invalid("a service message cannot be forwarded")
        }
    }

    /// Takes a message away for everybody.
    package mutating func delete(_ address: MessageAddress) throws(SimulationError) {
        guard message(address) != nil else { throw .notFound("message \(address.message)") }
        chats[address.chat]?.remove(address.message)
        version += 1
    }

    /// Lets the server lose a message's content: presses on it then carry only its address.
    package mutating func makeInaccessible(_ address: MessageAddress) throws(SimulationError) {
        guard message(address) != nil else { throw .notFound("message \(address.message)") }
        chats[address.chat]?.change(address.message) { $0.isInaccessible = true }
    }

    /// The `Message` object of a message.
    func document(_ message: SimulatedMessage, in chat: ChatKey) -> Document {
        chats[chat].map { messageDocument(message, in: $0) } ?? .absent
    }

    /// Sends a message update to bots.
    mutating func tell(_ bots: [Int64], of message: SimulatedMessage, in chat: ChatKey, now: Int64) {
        let document = document(message, in: chat)
        for bot in bots { enqueue(.message, for: bot, lane: chat.text, document, now: now) }
    }

    private mutating func postInline(
        _ content: SimulatedMessage.Content,
        _ keyboard: Keyboard?,
        via bot: Int64,
        by user: Int64,
        in chat: ChatKey,
        now: Int64
    ) throws(SimulationError) -> MessageAddress {
        guard users[user] != nil else { throw .notFound("user \(user)") }
        let identifier = identifiers.inlineMessage(owner: user)
        let posted = post(
            in: chat,
            from: .user(user),
            content,
            viaBot: bot,
            keyboard: keyboard,
            inlineIdentifier: identifier,
            now: now
        )
        guard let posted else { throw .notFound("chat \(chat.text)") }
        let address = MessageAddress(chat: chat, message: posted.number)
        inlineMessages[identifier] = address
        tell((chats[chat]?.activeBots ?? []).filter { $0 == bot }, of: posted, in: chat, now: now)
        return address
    }

    private mutating func openChat(_ chat: ChatKey) throws(SimulationError) -> ChatKey {
        let chat = try privateChat(chat)
        guard chats[chat]?.migratedTo == nil, chats[chat]?.isDeleted == false else {
            throw .invalid("nobody can write in \(chat.text) any more")
        }
        return chat
    }

    private func botsThatSee(_ text: String, in chat: ChatKey) -> [Int64] {
        guard let chat = chats[chat] else { return [] }
        guard chat.kind != .private else { return chat.activeBots }
        guard let command = Self.command(of: text) else { return [] }
        guard let name = command.split(separator: "@").dropFirst().first?.lowercased() else {
            return chat.activeBots
        }
        return chat.activeBots.filter { bots[$0]?.username.lowercased() == name }
    }
}
