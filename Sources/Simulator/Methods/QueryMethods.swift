import JSON

/// `answerCallbackQuery` and `answerInlineQuery`.
extension SimulatedTelegram {
    mutating func answerCallbackQuery(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> Document {
        let id = parameters["callback_query_id"]
        guard let query = queries[id], query.bot == bot, query.expires > now,
            case .press(let message, let game, let data) = query.source
        else { throw .queryTooOld }
        let text = parameters["text"]
        guard text.count <= 200 else { throw .badRequest("MESSAGE_TOO_LONG") }
        let url = parameters["url"]
        guard url.isEmpty || mayOpen(url, isGame: game != nil) else { throw .badRequest("URL_INVALID") }
        let answer = PressAnswer(
            text: text,
            showsAlert: parameters.bool("show_alert"),
            url: url.isEmpty ? nil : url,
            cacheSeconds: Int64(min(max(parameters.int32("cache_time"), 0), 2_592_000))
        )
        // A query takes one answer: it is invalid afterwards.
        queries[id] = nil
        pressAnswers[id] = AnswerCache.Stored(answer: answer, expires: now + queryLifetime)
        cache.store(answer, for: .init(user: query.user, message: message, data: data), now: now)
        return true
    }

    mutating func answerInlineQuery(
        _ bot: Int64,
        _ parameters: CallParameters,
        _ now: Int64
    ) throws(MethodError) -> Document {
        let id = parameters["inline_query_id"]
        guard let list = parameters.json("results"), list.kind == .array else {
            throw .badRequest("can't parse inline query results JSON object")
        }
        guard list.elements.count <= 50 else { throw .badRequest("too many inline query results specified") }
        guard parameters["next_offset"].utf8.count <= 64 else { throw .badRequest("NEXT_OFFSET_INVALID") }
        let results = try list.elements.map { element throws(MethodError) in try result(element, of: bot) }
        guard Set(results.map(\.id)).count == results.count else { throw .badRequest("RESULT_ID_DUPLICATE") }
        guard let query = queries[id], query.bot == bot, query.expires > now,
            case .inline(_, let text) = query.source
        else { throw .queryTooOld }
        let seconds = parameters.has("cache_time") ? parameters.int32("cache_time") : 300
        let answer = InlineAnswer(
            results: results,
            cacheSeconds: Int64(min(max(seconds, 0), 86_400)),
            isPersonal: parameters.bool("is_personal")
        )
        queries[id] = nil
        inlineAnswers[id] = AnswerCache.Stored(answer: answer, expires: now + queryLifetime)
        cache.store(answer, bot: bot, user: query.user, text: text, now: now)
        return true
    }

    func result(_ element: JSONValue, of bot: Int64) throws(MethodError) -> InlineAnswer.Result {
        let id = element["id"]?.lenientString ?? ""
        guard (1...64).contains(id.utf8.count) else { throw .badRequest("RESULT_ID_INVALID") }
        let keyboard = Keyboard(markup: element["reply_markup"])
        guard element["type"]?.string == "game" else {
            let title = element["title"]?.string ?? ""
            let text = element["input_message_content"]?["message_text"]?.string ?? title
            guard !text.isEmpty else { throw .badRequest("message text is empty") }
            return InlineAnswer.Result(id: id, game: nil, text: text, keyboard: keyboard)
        }
        guard let game = bots[bot]?.game(element["game_short_name"]?.string ?? "") else {
            throw .badRequest("wrong game short name specified")
        }
        guard keyboard?.startsWithGame ?? true else { throw .badRequest("REPLY_MARKUP_GAME_EMPTY") }
        return InlineAnswer.Result(
            id: id,
            game: game.shortName,
            text: game.title,
            keyboard: keyboard ?? .play(game.title)
        )
    }

    /// A game press may open any web page, another press only a chat with a bot.
    private func mayOpen(_ url: String, isGame: Bool) -> Bool {
        guard !isGame else { return url.hasPrefix("https://") || url.hasPrefix("http://") }
        guard let rest = ["https://t.me/", "http://t.me/", "t.me/"].first(where: url.hasPrefix) else {
            return false
        }
        let path = url.dropFirst(rest.count).split(separator: "?", maxSplits: 1)
        return path.count == 2 && path[1].hasPrefix("start=")
            && bots.values.contains { $0.username.lowercased() == path[0].lowercased() }
    }
}
