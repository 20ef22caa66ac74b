import BotAPI
import Leaderboards
import Scoring

extension UnreadyReason {
    /// The reason that a failed call of a bot gives; it degrades the service and does not stop it.
    init(bot: BotID, _ answer: BotAnswer) {
        switch answer {
        case .unauthorized:
            self.init(
                code: "bot_unauthorized",
                detail: "Telegram refuses the token of bot \(bot): \(answer.detail ?? answer.code)",
                isFatal: false
            )
        case .conflict:
            self.init(
                code: "updates_taken_elsewhere",
                detail: "bot \(bot) gets no updates by polling: \(answer.detail ?? answer.code)",
                isFatal: false
            )
        default:
            self.init(
                code: "telegram_unreachable",
                detail: "calls of bot \(bot) to Telegram fail: \(answer)",
                isFatal: false
            )
        }
    }
}
