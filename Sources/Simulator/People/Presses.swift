/// Presses of buttons and inline queries.
extension SimulatedTelegram {
    /// A person presses a button under a message.
    ///
    /// - Parameter data: The payload of a callback button; nil presses the game button.
    /// - Returns: The query to wait for, which an earlier answer that may be used again has answered at once.
    /// - Throws: ``SimulationError`` when there is no such message, button or person.
    package mutating func press(
        user: Int64,
        _ address: MessageAddress,
        data: String? = nil,
        now: Int64
    ) throws(SimulationError) -> String {
        guard users[user] != nil else { throw .notFound("user \(user)") }
        guard let chat = chats[address.chat], let message = chat.message(address.message) else {
            throw .notFound("message \(address.message) in \(address.chat.text)")
        }
        guard let bot = owner(of: message) else { throw .invalid("the message is not a bot's") }
        dropExpiredQueries(now: now)
        if let answer = cache.press(.init(user: user, message: address, data: data), now: now) {
            let id = identifiers.query()
            pressAnswers[id] = AnswerCache.Stored(answer: answer, expires: now + queryLifetime)
            return id
        }
        guard data != nil || message.game != nil else { throw .invalid("the message is no game") }
        let id = identifiers.query()
        let shortName = data == nil ? message.game?.shortName : nil
        queries[id] = PendingQuery(
            bot: bot,
            user: user,
            source: .press(address, game: shortName, data: data),
            expires: now + queryLifetime
        )
        let inline = inlineIdentifier(of: message, at: address, bot)
        let query: Document = [
            "id": .string(id), "from": userDocument(user),
            "message": inline == nil ? messageInPress(message, chat) : .absent,
            "inline_message_id": .optional(inline),
            "chat_instance": .string(chatInstance(bot: bot, chat: chat.key)), "data": .optional(data),
            "game_short_name": .optional(shortName),
        ]
        enqueue(.callbackQuery, for: bot, lane: "\(user)", query, now: now)
        return id
    }

    /// Fetches the answer to a press once it is there.
    package mutating func takePressAnswer(_ query: String) -> PressAnswer? {
        pressAnswers.removeValue(forKey: query)?.answer
    }

    /// A person types `@bot text` in a chat.
    ///
    /// - Parameters:
    ///   - bot: The bot that is asked.
    ///   - chat: Where; nil when the client does not say.
    ///   - text: The query without the bot's name.
    /// - Returns: The query to wait for, which an earlier answer that may be used again has answered at once.
    /// - Throws: ``SimulationError`` when there is no such person, bot or chat, or the bot has no inline mode.
    package mutating func ask(
        user: Int64,
        bot: Int64,
        in chat: ChatKey?,
        text: String,
        now: Int64
    ) throws(SimulationError) -> String {
        guard users[user] != nil else { throw .notFound("user \(user)") }
        guard let name = bots[bot] else { throw .notFound("bot \(bot)") }
        guard name.isInline else { throw .invalid("the bot has no inline mode") }
        guard text.count <= 256 else { throw .invalid("an inline query has at most 256 characters") }
        if let chat { _ = try privateChat(chat) }
        dropExpiredQueries(now: now)
        let id = identifiers.query()
        if let answer = cache.inline(bot: bot, user: user, text: text, now: now) {
            inlineAnswers[id] = AnswerCache.Stored(answer: answer, expires: now + queryLifetime)
            return id
        }
        queries[id] = PendingQuery(
            bot: bot,
            user: user,
            source: .inline(chat: chat, text: text),
            expires: now + queryLifetime
        )
        let query: Document = [
            "id": .string(id), "from": userDocument(user),
            "chat_type": .optional(chat.flatMap { chats[$0] }.map { typeName($0, for: bot) }),
            "query": .string(text), "offset": "",
        ]
        enqueue(.inlineQuery, for: bot, lane: "\(user)", query, now: now)
        return id
    }

    /// Fetches the answer to an inline query once it is there.
    package mutating func takeInlineAnswer(_ query: String) -> InlineAnswer? {
        inlineAnswers.removeValue(forKey: query)?.answer
    }

    /// The bot to which the buttons of a message belong.
    func owner(of message: SimulatedMessage) -> Int64? {
        if let bot = message.viaBot { return bot }
        guard case .bot(let bot) = message.sender else { return nil }
        return bot
    }

    /// The inline address by which a press on a message comes; nil when it comes with the message.
    ///
    /// A message of the bot's own gets one with the first such press and keeps it.
    private mutating func inlineIdentifier(
        of message: SimulatedMessage,
        at address: MessageAddress,
        _ bot: Int64
    ) -> String? {
        if let identifier = message.inlineIdentifier { return identifier }
        switch bots[bot]?.callbackQueryMode ?? .default {
        case .default: return nil
        case .auto where !message.isInaccessible: return nil
        case .auto, .inline: break
        }
        if let identifier = message.ownIdentifier { return identifier }
        let identifier = identifiers.inlineMessage(owner: bot)
        chats[address.chat]?.change(address.message) { $0.ownIdentifier = identifier }
        inlineMessages[identifier] = address
        return identifier
    }

    /// The message as a press shows it: only its address when the server has lost it.
    private func messageInPress(_ message: SimulatedMessage, _ chat: SimulatedChat) -> Document {
        guard message.isInaccessible else { return messageDocument(message, in: chat) }
        return ["chat": chatDocument(chat), "message_id": .integer(message.number), "date": 0]
    }

    private func typeName(_ chat: SimulatedChat, for bot: Int64) -> String {
        guard case .bot(bot, _) = chat.key else { return chat.kind.rawValue }
        return "sender"
    }
}
