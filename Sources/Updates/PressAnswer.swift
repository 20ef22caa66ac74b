import BotAPI
import Leaderboards
import Scoring

extension Press {
    /// Turns what Telegram tells of a press into the press of the use case.
    init(_ query: CallbackQuery, from user: User, bot: BotID) {
        let target: Target? =
            switch query.target {
            case .chat(let chat, let message): Target(chat: chat, message: Int64(message))
            case .inline(let id): Target(inline: id)
            case nil: nil
            }
        self.init(
            bot: bot,
            gameShortName: query.gameShortName,
            player: PlayerProfile(
                id: PlayerID(rawValue: user.id),
                firstName: user.firstName,
                lastName: user.lastName,
                username: user.username
            ),
            chatInstance: query.chatInstance,
            target: target ?? .none,
            chat: query.chat.map { ChatSighting($0) }
        )
    }
}

extension AnswerCallbackQuery {
    /// The answer to a press that opens the game or says why not.
    init(to query: CallbackQuery, _ opening: Opening) {
        let answer: Answer =
            switch opening {
            // A button without a game is not one of ours, whatever else may be wrong.
            case _ where query.gameShortName == nil: .alert("This button does nothing here.")
            case .url(let url): .open(url: url)
            case .notice(let notice): .alert(notice.text)
            }
        self.init(callbackQueryID: query.id, answer: answer)
    }

    /// The answer to a press of which Telegram did not say who made it.
    init(toAnonymous query: CallbackQuery) {
        self.init(
            callbackQueryID: query.id,
            answer: .alert("Telegram did not say who you are. Please try again.")
        )
    }
}

extension AnswerCallbackQuery.Answer {
    fileprivate static func alert(_ text: String) -> Self { .show(text: text, asAlert: true) }
}

extension Opening.Notice {
    /// What the player reads, at most 200 characters.
    var text: String {
        switch self {
        case .starting: "One moment, the game is starting. Please try again."
        case .unknownGame: "This game is not available here."
        case .gameDisabled: "This game is switched off at the moment. Please try again later."
        case .playerBanned: "You cannot play this game because you were excluded from it."
        case .noChat:
            "This game needs a chat for its leaderboard. Please open it from a game message in a chat."
        }
    }
}
