import BotAPI
import Languages
import Leaderboards
import Scoring

/// The reply to `/announce`, which whoever may change the chat can set.
enum AnnounceReply {
    /// - Parameters:
    ///   - word: What follows the command: `day`, `week`, `month` or `off`.
    ///   - announce: Sets it; nil is off.
    static func message(
        answering message: IncomingMessage,
        _ word: String?,
        of bot: Bot,
        by announce: (WindowKind?, TelegramChatID, BotID) async throws(Refusal) -> Void
    ) async throws(Refusal) -> SendMessage {
        let key = try await key(answering: message, word, of: bot, by: announce)
        let language = message.isInNameOfChat ? .en : message.from.language
        return SendMessage(chatID: message.chat.id, text: language.text(key), topicID: message.topicID)
    }

    private static func key(
        answering message: IncomingMessage,
        _ word: String?,
        of bot: Bot,
        by announce: (WindowKind?, TelegramChatID, BotID) async throws(Refusal) -> Void
    ) async throws(Refusal) -> String {
        let answers = [
            "day": "announce.day", "week": "announce.week", "month": "announce.month", "off": "announce.off",
        ]
        guard let word, let answer = answers[word] else { return "announce.how" }
        switch await mayChange(message, bot) {
        case true?:
            let chat = TelegramChatID(rawValue: message.chat.id)
            try await announce(WindowKind(rawValue: word), chat, bot.id)
            return answer
        case false?: return "announce.administrators"
        case nil: return "problem.later.text"
        }
    }

    /// Whether the sender may change the chat; nil where Telegram does not tell now.
    private static func mayChange(_ message: IncomingMessage, _ bot: Bot) async -> Bool? {
        // An anonymous administrator writes in the name of the chat itself; in that of another one anybody may.
        if let name = message.senderChatID { return name == message.chat.id }
        guard let user = message.from else { return false }
        guard message.chat.kind != .private else { return user.id == message.chat.id }
        switch await bot.client.answer(to: GetChatMember(chatID: message.chat.id, userID: user.id)) {
        case .done(let result): return GetChatMember.output(from: result)
        case .retryAfter, .temporary: return nil
        default: return false
        }
    }
}
