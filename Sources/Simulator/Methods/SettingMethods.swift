import JSON

/// `answerGuestQuery`, `getChatMember` and `setMySettings`.
extension SimulatedTelegram {
    mutating func answerGuestQuery(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> Document {
        guard let element = parameters.json("result"), element.kind == .object else {
            throw .badRequest("can't parse inline query result JSON object")
        }
        let result = try result(element, of: bot)
        let id = parameters["guest_query_id"]
        guard let query = queries[id], query.bot == bot, query.expires > now,
            case .guest(let chat) = query.source
        else { throw .queryTooOld }
        // A query takes one answer.
        queries[id] = nil
        try countWrite(bot, chat, now)
        let identifier = identifiers.inlineMessage(owner: bot)
        let posted = post(
            in: chat,
            from: .bot(bot),
            result.game.map { .game(GameName(bot: bot, shortName: $0), scoreboard: nil) }
                ?? .text(result.text),
            keyboard: result.keyboard,
            inlineIdentifier: identifier,
            now: now
        )
        guard let posted else { throw .badRequest("chat not found") }
        inlineMessages[identifier] = MessageAddress(chat: chat, message: posted.number)
        return ["inline_message_id": .string(identifier)]
    }

    /// What somebody is in a chat: the first of its people made it.
    func getChatMember(_ parameters: CallParameters) throws(MethodError) -> Document {
        let (chat, user) = (Int64(parameters["chat_id"]), Int64(parameters["user_id"]))
        guard let found = chats.values.first(where: { $0.id == chat }), !found.isDeleted else {
            throw .badRequest("chat not found")
        }
        guard let user, users[user] != nil else { throw .badRequest("user not found") }
        let isMember = found.users.contains(user)
        let status = found.users.first == user ? "creator" : isMember ? "member" : "left"
        return ["status": .string(status), "user": userDocument(user)]
    }

    /// Of what a bot can set, only how presses on its messages arrive.
    mutating func setMySettings(_ bot: Int64, _ parameters: CallParameters) throws(MethodError) -> Document {
        guard parameters.has("callback_query_mode") else { return true }
        guard let mode = CallbackQueryMode(rawValue: parameters["callback_query_mode"]) else {
            throw .badRequest("CALLBACK_QUERY_MODE_INVALID")
        }
        bots[bot]?.callbackQueryMode = mode
        return true
    }
}
