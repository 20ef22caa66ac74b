import BotAPI
import Leaderboards

/// What Telegram answered to a call that set a score or read the table, as far as the delivery is concerned.
package enum DeliveryAnswer: Hashable, Sendable {
    /// Telegram holds the value sent.
    case delivered
    /// Telegram holds at least the value sent (`BOT_SCORE_NOT_MODIFIED`).
    case notModified
    /// The table was read: the player's value there, nil where there is none.
    case table(Int32?)
    /// No call was made after all.
    case notCalled
    /// Too many calls: nothing to this chat for so long (429 with `retry_after`).
    case wait(Duration)
    /// Telegram is in trouble, or there was no answer; time heals it.
    case temporary(String, mayHaveTakenEffect: Bool)
    /// The message can no longer be written.
    case targetGone(String)
    /// The bot may not write in the chat.
    case chatForbidden(String)
    /// Telegram refuses the call itself; repeating it would be refused again.
    case rejected(String)
    /// Telegram refuses the call in words that nobody has seen before, which may mean anything.
    case unrecognized(String)
    /// Telegram does not know the bot's token.
    case botRefused(String)
}

extension DeliveryAnswer {
    /// What the answer to `setGameScore` means, or the one to `getGameHighScores` unless it succeeded.
    init(_ answer: BotAnswer) {
        switch answer {
        case .done: self = .delivered
        case .notModified: self = .notModified
        case .retryAfter(let seconds): self = .wait(.seconds(seconds))
        case .temporary(let mayHaveTakenEffect, let detail):
            self = .temporary(detail, mayHaveTakenEffect: mayHaveTakenEffect)
        case .conflict(let detail): self = .temporary(detail, mayHaveTakenEffect: true)
        // A message of the old group cannot be written under the supergroup's id, so another one has to serve.
        case .migrated: self = .targetGone("the group has become a supergroup")
        case .targetGone(let detail), .chatGone(let detail): self = .targetGone(detail)
        case .chatForbidden(let detail): self = .chatForbidden(detail)
        case .invalidRequest(let detail): self = .rejected(detail)
        case .unrecognized(let detail): self = .unrecognized(detail)
        case .unauthorized(let detail): self = .botRefused(detail)
        }
    }

    /// Whether Telegram has looked at the call itself, so that it takes the bot's token.
    var isOfAcceptedToken: Bool {
        switch self {
        case .delivered, .notModified, .table, .targetGone, .chatForbidden, .rejected, .unrecognized, .wait:
            true
        case .temporary, .botRefused, .notCalled: false
        }
    }
}

extension MessageTarget {
    /// The target in the terms of the Bot API; nil where there is none.
    init?(_ target: Target) {
        switch target {
        case .message(let message): self = .chat(chatID: message.chat.rawValue, messageID: message.id)
        case .inline(let id): self = .inline(id.description)
        case .none: return nil
        }
    }
}
