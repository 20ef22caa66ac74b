/// What Telegram answered to a call that set a score, as far as the delivery is concerned.
package enum DeliveryAnswer: Hashable, Sendable {
    /// Telegram holds the value sent.
    case delivered
    /// Telegram holds at least the value sent (`BOT_SCORE_NOT_MODIFIED`).
    case notModified
    /// Too many calls: nothing to this chat for so long (429 with `retry_after`).
    case wait(Duration)
    /// The call may or may not have arrived, or Telegram is in trouble; time heals it.
    case temporary(String)
    /// The message can no longer be written.
    case targetGone(String)
    /// The bot may not write in the chat.
    case chatForbidden(String)
    /// Telegram refuses the call itself; repeating it would be refused again.
    case rejected(String)
    /// Telegram does not know the bot's token.
    case botRefused(String)
}

/// What Telegram's table is known to hold for a player.
package enum KnownScore: Hashable, Sendable {
    case unknown
    /// Exactly this; nil is absent.
    case exactly(Int32?)
    case atLeast(Int32)

    /// Whether an ordinary delivery of a value has nothing left to do.
    ///
    /// - Parameter wanted: The value; nil is absent.
    /// - Returns: Whether Telegram holds it or more.
    package func satisfies(_ wanted: Int32?) -> Bool {
        guard let wanted else { return true }
        switch self {
        case .unknown: return false
        case .exactly(let value): return (value ?? 0) >= wanted
        case .atLeast(let value): return value >= wanted
        }
    }
}

/// What becomes of a delivery after its call.
package struct DeliverySettlement: Hashable, Sendable {
    /// Where the row goes.
    package enum Next: Hashable, Sendable {
        case done
        /// Due again after so long.
        case pending(after: Duration)
        /// On to another message of the same game in the same chat, or waiting for one.
        case anotherTarget
        case dead
    }

    package let next: Next
    /// What is now known of Telegram's table; nil when the answer tells nothing.
    package let known: KnownScore?
    /// How many tries have failed in a row.
    package let attempts: Int
    /// What went wrong, in Telegram's words; nil after success.
    package let error: String?
    /// How long the chat is left alone, beyond its ordinary pace.
    package let chatHold: Duration?
    /// Whether the bot can no longer write in the chat.
    package let isChatForbidden: Bool

    /// Decides what an answer means.
    ///
    /// - Parameters:
    ///   - answer: What Telegram said.
    ///   - sent: The value that was sent; 0 takes the player off the table.
    ///   - wanted: The value wanted by now; newer runs may have changed it since the call. Nil is absent.
    ///   - isForced: Whether the call could lower Telegram's value, so that only the exact value will do.
    ///   - attempts: How many tries had failed before.
    ///   - random: A number from 0 to 1, for the jitter of waits.
    package init(
        answer: DeliveryAnswer,
        sent: Int32,
        wanted: Int32?,
        isForced: Bool,
        attempts: Int,
        random: Double
    ) {
        var next = Next.pending(after: .zero)
        var known: KnownScore?
        var failed = 0
        var error: String?
        var chatHold: Duration?
        var isChatForbidden = false
        switch answer {
        case .delivered, .notModified:
            // With force a value is set whatever it was, so "not modified" means that it was this one.
            let now =
                answer == .delivered || isForced ? KnownScore.exactly(sent == 0 ? nil : sent) : .atLeast(sent)
            known = now
            if isForced ? wanted ?? 0 == sent : now.satisfies(wanted) { next = .done }
        case .wait(let duration):
            next = .pending(after: duration)
            failed = attempts
            chatHold = duration
            error = "too many requests"
        case .temporary(let reason):
            failed = attempts + 1
            next = .pending(after: RetrySchedule.telegram.wait(afterFailures: failed, random: random))
            error = reason
        case .botRefused(let reason):
            next = .pending(after: RetrySchedule.telegram.longest)
            failed = attempts
            error = reason
        case .targetGone(let reason):
            next = .anotherTarget
            error = reason
        case .chatForbidden(let reason):
            next = .anotherTarget
            error = reason
            isChatForbidden = true
        case .rejected(let reason):
            // A newer value has not been refused yet.
            next = (wanted ?? 0) == sent ? .dead : .pending(after: .zero)
            error = reason
        }
        // An ordinary call cannot take a player off the table, so there is nothing left to try.
        if wanted == nil, !isForced { next = .done }
        self.next = next
        self.known = known
        self.attempts = failed
        self.error = error
        self.chatHold = chatHold
        self.isChatForbidden = isChatForbidden
    }
}
