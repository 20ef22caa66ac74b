package import JSON

/// How a call of the Bot API ended, in the classes that callers act upon.
///
/// Where a `detail` is given it is Telegram's description or the transport's words: for logs and operators,
/// bounded in length, and no contract.
package enum BotAnswer: Sendable {
    /// It worked; the value is the `result`.
    case done(JSONValue)
    /// Nothing had to change: the score is not better than the one held, or the message is as it should be.
    case notModified
    /// The budget is used up; nothing was changed, and the call may be repeated after so many seconds.
    case retryAfter(seconds: Int)
    /// No usable answer: a failed exchange, a failing server, an unreadable body. Repeat it later.
    case temporary(mayHaveTakenEffect: Bool, detail: String)
    /// The group has become the supergroup of this id.
    case migrated(to: Int64)
    /// The message, or the query to be answered, is gone or not what the call needs.
    case targetGone(detail: String)
    /// The bot may not do this in the chat until its membership there changes.
    case chatForbidden(detail: String)
    /// The chat or the account behind it does not exist for the bot.
    case chatGone(detail: String)
    /// The call itself is wrong and will be refused again.
    case invalidRequest(detail: String)
    /// The call was refused in words that are not known here: they may mean anything, also that it works later.
    case unrecognized(detail: String)
    /// The token, or the address of the server, is wrong: no call of this bot can work.
    case unauthorized(detail: String)
    /// Another process receives the bot's updates in another way.
    case conflict(detail: String)

    /// A stable name of the class for logs and storage.
    package var code: String {
        switch self {
        case .done: "done"
        case .notModified: "not_modified"
        case .retryAfter: "retry_after"
        case .temporary: "temporary"
        case .migrated: "migrated"
        case .targetGone: "target_gone"
        case .chatForbidden: "chat_forbidden"
        case .chatGone: "chat_gone"
        case .invalidRequest: "invalid_request"
        case .unrecognized: "unrecognized"
        case .unauthorized: "unauthorized"
        case .conflict: "conflict"
        }
    }

    /// What was said, where something was.
    package var detail: String? {
        switch self {
        case .done, .notModified, .retryAfter, .migrated: nil
        case .temporary(_, let detail), .targetGone(let detail), .chatForbidden(let detail),
            .chatGone(let detail), .invalidRequest(let detail), .unrecognized(let detail),
            .unauthorized(let detail), .conflict(let detail):
            detail
        }
    }

    /// The same answer without the given secret, should a server or transport have repeated it.
    func redacting(_ secret: SecretText) -> BotAnswer {
        guard let detail, detail.contains(secret.revealed) else { return self }
        let clean = detail.split(separator: secret.revealed, omittingEmptySubsequences: false)
            .joined(separator: secret.description)
        return switch self {
        case .done, .notModified, .retryAfter, .migrated: self
        case .temporary(let mayHaveTakenEffect, _):
            .temporary(mayHaveTakenEffect: mayHaveTakenEffect, detail: clean)
        case .targetGone: .targetGone(detail: clean)
        case .chatForbidden: .chatForbidden(detail: clean)
        case .chatGone: .chatGone(detail: clean)
        case .invalidRequest: .invalidRequest(detail: clean)
        case .unrecognized: .unrecognized(detail: clean)
        case .unauthorized: .unauthorized(detail: clean)
        case .conflict: .conflict(detail: clean)
        }
    }
}

extension BotAnswer: CustomStringConvertible {
    /// The class with what is known beside it; never the result, which may hold names.
    package var description: String {
        switch self {
        case .retryAfter(let seconds): "\(code) \(seconds) s"
        case .migrated(let chatID): "\(code) to \(chatID)"
        default: detail.map { "\(code) (\($0))" } ?? code
        }
    }
}
