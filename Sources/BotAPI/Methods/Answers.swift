package import JSON

/// Answers a press, which ends the waiting sign on the button.
package struct AnswerCallbackQuery: BotMethod {
    package typealias Output = Bool
    package static let name: StaticString = "answerCallbackQuery"

    package let callbackQueryID: String
    /// What the player is to see.
    package let answer: Answer

    /// What a press can lead to.
    package enum Answer: Sendable, Hashable {
        /// The client opens the game at this address, which Telegram is told not to reuse.
        case open(url: String)
        /// The client shows up to 200 characters, in a dialogue to be closed or as a passing note.
        case show(text: String, asAlert: Bool)
        /// Nothing is seen.
        case nothing
    }

    package init(callbackQueryID: String, answer: Answer) {
        self.callbackQueryID = callbackQueryID
        self.answer = answer
    }

    // `cache_time` is left out: its default of 0 keeps one player's address from being given to another press.
    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("callback_query_id", callbackQueryID)
        switch answer {
        case .open(let url):
            writer.member("url", url)
        case .show(let text, let asAlert):
            writer.member("text", text)
            writer.member("show_alert", ifPresent: asAlert ? true : nil)
        case .nothing:
            break
        }
    }
}

/// Answers an inline query with games.
package struct AnswerInlineQuery: BotMethod {
    package typealias Output = Bool
    package static let name: StaticString = "answerInlineQuery"

    package let inlineQueryID: String
    /// The games offered, at most 50.
    package let games: [Game]
    /// How long Telegram may give the same answer to others who type the same.
    package let cacheSeconds: Int

    /// One game that is offered.
    package struct Game: Sendable, Hashable {
        /// 1–64 bytes by which the result is known when it is chosen.
        package let resultID: String
        /// The game's name with BotFather.
        package let shortName: String

        package init(resultID: String, shortName: String) {
            self.resultID = resultID
            self.shortName = shortName
        }

        func writeMembers(to writer: inout JSONWriter) {
            writer.member("type", "game")
            writer.member("id", resultID)
            writer.member("game_short_name", shortName)
        }
    }

    package init(inlineQueryID: String, games: [Game], cacheSeconds: Int = 30) {
        self.inlineQueryID = inlineQueryID
        self.games = games
        self.cacheSeconds = cacheSeconds
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("inline_query_id", inlineQueryID)
        writer.array("results") { writer in
            for game in games { writer.object { game.writeMembers(to: &$0) } }
        }
        writer.member("cache_time", cacheSeconds)
    }
}

/// Answers a mention in a chat that the bot is no member of, once, with a game.
package struct AnswerGuestQuery: BotMethod {
    package static let name: StaticString = "answerGuestQuery"

    package let guestQueryID: String
    /// The game that is posted.
    package let game: AnswerInlineQuery.Game

    package init(guestQueryID: String, game: AnswerInlineQuery.Game) {
        self.guestQueryID = guestQueryID
        self.game = game
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.member("guest_query_id", guestQueryID)
        writer.object("result") { game.writeMembers(to: &$0) }
    }

    /// The address of the message that was posted.
    package static func output(from result: JSONValue) -> MessageTarget? {
        result["inline_message_id"]?.string.map { .inline($0) }
    }
}
