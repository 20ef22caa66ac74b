/// The methods of the Bot API by name.
extension SimulatedTelegram {
    /// Answers one call of a method that needs no waiting.
    ///
    /// `getUpdates` is answered with what is there now; waiting is the server's part.
    ///
    /// - Parameters:
    ///   - method: The name in any case.
    ///   - parameters: The parameters as read from the request.
    /// - Returns: The answer, a failure included.
    package mutating func call(
        _ method: String,
        by bot: Int64,
        _ parameters: CallParameters,
        now: Int64
    ) -> MethodAnswer {
        do {
            return try answer(method.lowercased(), bot, parameters, now)
        } catch {
            return .failure(error)
        }
    }

    private mutating func answer(
        _ method: String,
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> MethodAnswer {
        guard let caller = bots[bot] else { throw .unauthorized }
        switch method {
        case "getme": return .success(meDocument(caller))
        case "sendgame": return .success(try sendGame(bot, parameters, now))
        case "sendmessage": return .success(try sendMessage(bot, parameters, now))
        case "setgamescore": return .success(try setGameScore(bot, parameters, now))
        case "getgamehighscores": return .success(try getGameHighScores(bot, parameters))
        case "answercallbackquery": return .success(try answerCallbackQuery(bot, parameters, now))
        case "answerinlinequery": return .success(try answerInlineQuery(bot, parameters, now))
        case "answerguestquery": return .success(try answerGuestQuery(bot, parameters, now))
        case "getchatmember": return .success(try getChatMember(parameters))
        case "setmysettings": return .success(try setMySettings(bot, parameters))
        case "setmycommands": return .success(try setMyCommands(bot, parameters))
        case "getmycommands": return .success(.json(caller.commands))
        case "setwebhook": return try setWebhook(bot, parameters, now)
        case "deletewebhook": return deleteWebhook(bot, parameters)
        case "getwebhookinfo": return .success(webhookInfo(caller))
        case "getupdates": return .success(try getUpdates(bot, parameters, now))
        default: throw .methodNotFound
        }
    }

    private func meDocument(_ bot: SimulatedBot) -> Document {
        [
            "id": .integer(bot.id), "is_bot": true, "first_name": .string(bot.name),
            "username": .string(bot.username), "can_join_groups": true, "can_read_all_group_messages": false,
            "supports_guest_queries": .bool(bot.takesGuestQueries),
            "supports_inline_queries": .bool(bot.isInline), "can_connect_to_business": false,
            "has_main_web_app": false,
        ]
    }
}
