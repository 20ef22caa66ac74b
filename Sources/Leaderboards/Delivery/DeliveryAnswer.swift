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

    /// What remains known when another value may have been written without our hearing of it.
    ///
    /// - Parameter isForced: Whether the call could lower the value.
    /// - Returns: Nothing after a forced call; after an ordinary one, which can only raise, a lower bound.
    func afterUnknownCall(isForced: Bool) -> KnownScore {
        switch self {
        case _ where isForced: .unknown
        case .exactly(let value?): .atLeast(value)
        case .exactly(nil), .unknown: .unknown
        case .atLeast: self
        }
    }
}

/// What a call to Telegram does for a delivery.
package enum DeliveryStep: String, Hashable, Sendable {
    /// Sends the score, which Telegram takes if it is higher than the one it has.
    case score
    /// Sends the score, which Telegram takes whatever it has; 0 takes the player off the table.
    case force
    /// Reads the table, since the outcome of a forced call is not known.
    case read
}

/// A call to Telegram for a delivery.
package struct DeliveryCall: Hashable, Sendable {
    package let step: DeliveryStep
    /// The value that was sent, 0 for none; of no meaning when the table is read.
    package let value: Int32
    /// When it was claimed; it started no later than ``CallLedger/slotLifetime`` after that.
    package let claimedAt: Instant
    /// Whether it names a message that somebody sent through inline mode.
    package let isInline: Bool

    /// Describes a call.
    ///
    /// - Parameters:
    ///   - value: The value that is sent.
    ///   - isInline: Whether it names a message that somebody sent through inline mode.
    package init(step: DeliveryStep, value: Int32, claimedAt: Instant, isInline: Bool = false) {
        self.step = step
        self.value = value
        self.claimedAt = claimedAt
        self.isInline = isInline
    }
}
