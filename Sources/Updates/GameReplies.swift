import BotAPI
import Languages
import Leaderboards

/// The replies that show a bot's games.
enum GameReplies {
    /// As many results as one answer to an inline query may hold.
    static let maximumResults = 50
    /// Short, so that a game added or switched off shows at once; Telegram only joins equal queries of a moment.
    static let inlineCacheSeconds = 5

    /// The reply to `/start` or `/play`.
    ///
    /// One message, whatever the number of games, so that a command in a group does not fill the chat: the game
    /// named, else the first. Payloads that name no game (links carry all kinds) get the first game too.
    ///
    /// - Parameters:
    ///   - message: The message with the command.
    ///   - games: The bot's enabled games in their order.
    /// - Returns: `sendGame`, or `sendMessage` when the bot has no games.
    static func invitation(
        to message: IncomingMessage,
        payload: String?,
        games: [Game]
    ) -> any BotMethod {
        let named = games.first { $0.shortName == payload }
        let similar = games.first { $0.shortName.lowercased() == payload?.lowercased() }
        guard let game = named ?? similar ?? games.first else {
            return SendMessage(
                chatID: message.chat.id,
                text: message.from.language.text("reply.no_games"),
                topicID: message.topicID
            )
        }
        return SendGame(chatID: message.chat.id, gameShortName: game.shortName, topicID: message.topicID)
    }

    /// The reply to a mention where the bot is no member.
    ///
    /// - Parameter games: The bot's enabled games in their order.
    /// - Returns: The first game of which the text holds the short name or the title, else the first; nil without games.
    static func answer(to mention: GuestMessage, games: [Game]) -> AnswerGuestQuery? {
        let text = mention.text.split(whereSeparator: \.isWhitespace).filter { !$0.hasPrefix("@") }
            .joined(separator: " ").lowercased()
        let named = games.first { game in
            text.contains(game.shortName.lowercased()) || text.contains(game.title.lowercased())
        }
        return (named ?? games.first).map { game in
            AnswerGuestQuery(
                guestQueryID: mention.queryID,
                game: AnswerInlineQuery.Game(resultID: game.shortName, shortName: game.shortName)
            )
        }
    }

    /// The reply to what somebody types after `@bot`.
    ///
    /// - Parameter games: The bot's enabled games in their order.
    /// - Returns: The games whose short name or title contains the text, without regard to case.
    static func offer(to query: InlineQuery, games: [Game]) -> AnswerInlineQuery {
        let wanted = query.query.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        let matching = games.lazy.filter { game in
            wanted.isEmpty || game.shortName.lowercased().contains(wanted)
                || game.title.lowercased().contains(wanted)
        }
        return AnswerInlineQuery(
            inlineQueryID: query.id,
            games: matching.prefix(maximumResults).map { game in
                AnswerInlineQuery.Game(resultID: game.shortName, shortName: game.shortName)
            },
            cacheSeconds: inlineCacheSeconds
        )
    }
}
