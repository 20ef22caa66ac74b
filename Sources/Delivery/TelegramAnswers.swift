import BotAPI
import Leaderboards

extension DeliveryAnswer {
    /// What an answer of the Bot API means for the delivery of a score.
    ///
    /// - Parameter answer: The classified answer to `setGameScore`.
    init(_ answer: BotAnswer) {
        switch answer {
        case .done: self = .delivered
        case .notModified: self = .notModified
        case .retryAfter(let seconds): self = .wait(.seconds(seconds))
        case .temporary(_, let detail), .conflict(let detail): self = .temporary(detail)
        // A message of the old group cannot be written under the supergroup's id, so another one has to serve.
        case .migrated: self = .targetGone("the group has become a supergroup")
        case .targetGone(let detail), .chatGone(let detail): self = .targetGone(detail)
        case .chatForbidden(let detail): self = .chatForbidden(detail)
        case .invalidRequest(let detail): self = .rejected(detail)
        case .unauthorized(let detail): self = .botRefused(detail)
        }
    }
}

extension MessageTarget {
    /// The target in the terms of the Bot API; nil where there is none.
    ///
    /// - Parameter target: Where Telegram is to show the score.
    init?(_ target: Target) {
        switch target {
        case .message(let chat, let id):
            guard let id = Int32(exactly: id) else { return nil }
            self = .chat(chatID: chat.rawValue, messageID: id)
        case .inline(let id): self = .inline(id)
        case .none: return nil
        }
    }
}
