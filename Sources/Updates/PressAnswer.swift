import BotAPI
import Languages
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
        let language = query.from.language
        let answer: Answer =
            switch opening {
            // A button without a game is not one of ours, whatever else may be wrong.
            case _ where query.gameShortName == nil: .alert(language.text("alert.button"))
            case .url(let url): .open(url: url)
            case .notice(let notice): .alert(notice.text(in: language))
            }
        self.init(callbackQueryID: query.id, answer: answer)
    }

    /// The answer to a press of which Telegram did not say who made it.
    init(toAnonymous query: CallbackQuery) {
        self.init(callbackQueryID: query.id, answer: .alert(Language.en.text("alert.anonymous")))
    }
}

extension AnswerCallbackQuery.Answer {
    fileprivate static func alert(_ text: String) -> Self { .show(text: text, asAlert: true) }
}

extension Opening.Notice {
    /// What the player reads, at most 200 characters.
    fileprivate func text(in language: Language) -> String {
        switch self {
        case .starting: language.text("alert.starting")
        case .unknownGame: language.text("alert.unknown_game")
        case .gameDisabled: language.text("alert.disabled")
        case .playerBanned: language.text("alert.banned")
        case .noChat: language.text("alert.no_chat")
        }
    }
}

extension User? {
    /// The language in which the user is answered.
    var language: Language { self?.languageCode.flatMap { Language(tag: $0) } ?? .en }
}
