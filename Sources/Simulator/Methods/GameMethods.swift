/// `sendGame`, `setGameScore` and `getGameHighScores`.
extension SimulatedTelegram {
    mutating func sendGame(_ bot: Int64, _ parameters: CallParameters, _ now: Int64) throws(MethodError)
        -> Document
    {
        let shortName = parameters["game_short_name"]
        guard !shortName.isEmpty else { throw .badRequest("parameter \"game_short_name\" is required") }
        let chat = try chat(parameters["chat_id"], for: bot, .write)
        try countWrite(bot, chat.key, now)
        guard chat.kind != .channel else { throw .badRequest("CHAT_SEND_GAME_FORBIDDEN") }
        guard chat.bots[bot] != .restricted else {
            throw .badRequest("not enough rights to send games to the chat")
        }
        guard let game = bots[bot]?.game(shortName) else {
            throw .badRequest("wrong game short name specified")
        }
        let keyboard = Keyboard(markup: parameters.json("reply_markup"))
        guard keyboard?.startsWithGame ?? true else { throw .badRequest("REPLY_MARKUP_GAME_EMPTY") }
        let message = post(
            in: chat.key,
            from: .bot(bot),
            .game(GameName(bot: bot, shortName: shortName), scoreboard: nil),
            keyboard: keyboard ?? .play(game.title),
            now: now
        )
        return message.map { messageDocument($0, in: chat) } ?? .null
    }

    mutating func setGameScore(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> Document {
        let (address, game, isInline) = try gameMessage(bot, parameters, .edit, purpose: "set game score")
        try countWrite(bot, address.chat, now)
        let score = Int64(parameters.int32("score"))
        guard score >= 0 else { throw .badRequest("SCORE_INVALID") }
        let user = parameters.int64("user_id")
        let key = table(of: game, in: address.chat)
        let isHigher = tables[key, default: ScoreTable()].set(
            score,
            of: user,
            force: parameters.bool("force")
        )
        guard let isHigher else { throw .badRequest("BOT_SCORE_NOT_MODIFIED") }
        version += 1
        if !keepsMessage(parameters) {
            showScores(in: address, game, now)
            if isHigher {
                let title = self.game(game)?.title ?? game.shortName
                post(
                    in: address.chat,
                    from: .user(user),
                    .scored(user: user, score: score, title: title),
                    now: now
                )
            }
        }
        guard !isInline, let chat = chats[address.chat], let message = message(address) else { return true }
        return messageDocument(message, in: chat)
    }

    func getGameHighScores(_ bot: Int64, _ parameters: CallParameters) throws(MethodError) -> Document {
        let (address, game, _) = try gameMessage(bot, parameters, .read, purpose: "get game high scores")
        return .array(
            scoreboard(of: game, in: address.chat).highScores(around: parameters.int64("user_id")).map {
                position,
                row in
                [
                    "position": .integer(Int64(position)), "user": userDocument(row.user),
                    "score": .integer(row.score),
                ]
            }
        )
    }

    /// Whether the message stays as it is; the parameter of 2016 says the opposite and counts when the newer is missing.
    private func keepsMessage(_ parameters: CallParameters) -> Bool {
        guard parameters.has("disable_edit_message") || !parameters.has("edit_message") else {
            return !parameters.bool("edit_message")
        }
        return parameters.bool("disable_edit_message")
    }

    /// Puts the three highest of the chat into the text of the message.
    private mutating func showScores(in address: MessageAddress, _ game: GameName, _ now: Int64) {
        let rows = scoreboard(of: game, in: address.chat).rows.prefix(3)
        let lines = rows.enumerated().map { place, row in
            "\(place + 1). \(users[row.user]?.displayName ?? "") – \(row.score)"
        }
        let text = lines.isEmpty ? nil : lines.joined(separator: "\n")
        chats[address.chat]?.change(address.message) { message in
            guard message.content != .game(game, scoreboard: text) else { return }
            message.content = .game(game, scoreboard: text)
            message.editDate = now
        }
    }
}
