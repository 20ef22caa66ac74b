import Leaderboards
package import Scoring

extension Problem {
    /// Puts a refusal of the use cases into the terms of HTTP.
    ///
    /// - Parameter refusal: Why the use case was not carried out.
    package init(_ refusal: Refusal) {
        switch refusal {
        case .keyRequired:
            self.init(
                .tokenMissing,
                "The game is not public; send its API key as 'Authorization: Bearer KEY'."
            )
        case .tokenInvalid:
            self.init(.tokenInvalid, "The token is not one of this service for this purpose.")
        case .initDataRefused(let fault):
            self.init(fault == .age ? .tokenExpired : .tokenInvalid, "'init_data' \(fault.detail)")
        case .launchErased:
            self.init(.tokenInvalid, "The player was erased since; open the game again from the chat.")
        case .tokenExpired:
            self.init(.tokenExpired, "The token's time is over; open the game again from the chat.")
        case .playerBanned:
            self.init(.playerBanned, "The player may not submit scores to this game.")
        case .gameDisabled:
            self.init(.gameDisabled, "The game is switched off.")
        case .notFound(let what):
            self.init(.notFound, what)
        case .keyReused:
            self.init(.keyReused, "'Idempotency-Key' named a run of another board.")
        case .attemptsUsed(let end):
            self.init(
                .attemptsUsed,
                "All attempts of this window are used"
                    + (end.map { "; the next window begins at \($0)." } ?? ".")
            )
        case .boardUnknown(let name):
            self.init(.boardUnknown, "There is no board '\(name.prefix(64))' here for this run or reader.")
        case .noSuchWindow(let what):
            self.init(.noSuchWindow, what)
        case .unknownParameterValue(let what):
            self.init(.unknownParameterValue, what)
        case .chatConflict:
            self.init(.chatConflict, "'chat_instance' and 'target.chat_id' are of two different chats.")
        case .runAlreadyScored:
            self.init(.runAlreadyScored, "The run already has another score, or is another player's.")
        case .runRequired:
            self.init(
                .runRequired,
                "The game judges how long a run took; start one with POST /v1/runs, or say 'started_at' from a server."
            )
        case .idempotencyKeyRequired:
            self.init(
                .idempotencyKeyRequired,
                "The game adds scores up; send the header Idempotency-Key or start a run with POST /v1/runs."
            )
        case .rateLimited(let wait):
            self.init(.rateLimited, "The player submits too often.", retryAfter: Self.seconds(wait))
        case .quotaExceeded(let wait):
            self.init(
                .quotaExceeded,
                "The player's runs or metadata of the day are used up.",
                retryAfter: Self.seconds(wait)
            )
        case .overloaded:
            self.init(.overloaded, "Too many requests are waiting; repeat this one.", retryAfter: 1)
        case .databaseUnavailable:
            self.init(
                .databaseUnavailable,
                "The database does not answer in time; repeat this one.",
                retryAfter: 2
            )
        case .internal:
            // The text is for the log; clients learn nothing of our insides.
            self.init(.internalError, "The request could not be carried out.")
        }
    }

    /// The seconds of a `Retry-After`: rounded up, since coming back too early is refused again, and at least 1.
    package static func seconds(_ wait: Duration) -> Int {
        let (seconds, attoseconds) = min(wait, .longest).components
        return max(1, Int(clamping: seconds) + (attoseconds > 0 ? 1 : 0))
    }
}

extension InitDataFault {
    fileprivate var detail: String {
        switch self {
        case .form: "is not the text of Telegram.WebApp.initData, with 'auth_date' and 'hash' in it."
        case .hash: "has a 'hash' that does not fit: it was changed, or Telegram made it for another bot."
        case .otherBot: "was made for another bot of this service than that of the game."
        case .unservedBot: "cannot be checked: this service was not given the token of the game's bot."
        case .age: "is older than an hour; open the app again."
        case .future: "has an 'auth_date' more than a minute ahead of this service's clock."
        case .player: "names no person in 'user'."
        }
    }
}
