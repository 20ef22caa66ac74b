import BotAPI
import Leaderboards
import Storage

extension BotClient {
    /// Makes the call of a delivery.
    ///
    /// - Parameters:
    ///   - delivery: What is to be called.
    ///   - target: The message, in the terms of the Bot API.
    /// - Returns: The answer as classified, and what it means for the delivery.
    func answer(to delivery: ClaimedDelivery, at target: MessageTarget) async -> (BotAnswer, DeliveryAnswer) {
        let player = delivery.key.player.rawValue
        switch delivery.call.step {
        case .score, .force:
            let answer = await answer(
                to: SetGameScore(
                    userID: player,
                    score: delivery.call.value,
                    target: target,
                    force: delivery.call.step == .force,
                    disableEditMessage: delivery.keepsMessage
                )
            )
            return (answer, DeliveryAnswer(answer))
        case .read:
            let answer = await answer(to: GetGameHighScores(userID: player, target: target))
            guard case .done(let result) = answer else { return (answer, DeliveryAnswer(answer)) }
            guard let rows = GetGameHighScores.output(from: result) else {
                return (answer, .temporary("unexpected result", mayHaveTakenEffect: false))
            }
            // The player's own row is always among them, if there is one.
            let score = rows.first { $0.user.id == player }.map { Int32(clamping: $0.score) }
            return (answer, .table(score == 0 ? nil : score))
        }
    }
}

extension DeliveryAnswer {
    /// What an answer of the Bot API means for the delivery of a score.
    ///
    /// - Parameter answer: The classified answer to `setGameScore`, or to `getGameHighScores` unless it succeeded.
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
    ///
    /// - Parameter target: Where Telegram is to show the score.
    init?(_ target: Target) {
        switch target {
        case .message(let message): self = .chat(chatID: message.chat.rawValue, messageID: message.id)
        case .inline(let id): self = .inline(id.description)
        case .none: return nil
        }
    }
}
