/// One delivery, as far as what follows from an answer depends on it.
package struct DeliveryState: Hashable, Sendable {
    /// The value desired by now; nil is absent.
    package var desired: Int32?
    /// Whether the game's table follows the latest run, so that every value is forced.
    package var followsLatest: Bool
    /// Whether the very value is to stand there, by force if need be, since Telegram may hold a better one.
    package var isCorrection: Bool
    /// What Telegram is known to hold.
    package var known: KnownScore
    /// Whether the table must be read before the delivery counts as done: a forced call's outcome is not known.
    package var mustRead: Bool
    /// Until when a call of unknown outcome may still take effect.
    package var uncertainUntil: Instant?
    /// How many tries have failed in a row.
    package var attempts: Int
    /// How many answers that may pass have come in a row: in words that nobody has seen before, or that forbid an inline
    /// message.
    package var rejections: Int

    package init(
        desired: Int32?,
        followsLatest: Bool = false,
        isCorrection: Bool = false,
        known: KnownScore = .unknown,
        mustRead: Bool = false,
        uncertainUntil: Instant? = nil,
        attempts: Int = 0,
        rejections: Int = 0
    ) {
        self.desired = desired
        self.followsLatest = followsLatest
        self.isCorrection = isCorrection
        self.known = known
        self.mustRead = mustRead
        self.uncertainUntil = uncertainUntil
        self.attempts = attempts
        self.rejections = rejections
    }

    /// Whether only the very value will do, so that calls are forced.
    package var isExact: Bool { followsLatest || isCorrection }

    /// Whether Telegram holds what it is to hold.
    package var isSatisfied: Bool {
        isExact ? !mustRead && known == .exactly(desired) : known.satisfies(desired)
    }
}

/// What becomes of a delivery after its call.
package struct DeliverySettlement: Hashable, Sendable {
    /// Where the row goes.
    package enum Next: Hashable, Sendable {
        case done
        /// Due again at this time.
        case pending(Instant)
        /// On to another message of the same game in the same chat, or waiting for one.
        case anotherTarget
        /// On to a message that has not refused as well; given up where there is none.
        case anotherTargetOrDead
        /// On to a message that has not refused as well; where there is none, due again at this time.
        case anotherTargetOrPending(Instant)
        case dead
    }

    /// How long a call whose outcome is not known may still take effect, counted from its claim.
    package static let uncertainty: Duration = .seconds(60)
    /// How long after each answer that nobody has seen before the call is repeated; after the last one another message
    /// is tried.
    package static let rejectionWaits: [Duration] = [.seconds(60), .seconds(600), .seconds(3600)]
    /// How many other messages are tried then, each with one call, before the delivery is given up.
    package static let maximumFallbacks = 8

    package var next: Next
    /// The delivery as it is from now on.
    package var state: DeliveryState
    /// What went wrong, in Telegram's words; nil after success.
    package var error: String?
    /// How long Telegram wants the chat to be left alone.
    package var chatHold: Duration?
    /// Whether Telegram refused to let the bot write in the chat.
    package var isChatForbidden = false
    /// Whether Telegram took the call.
    package var isTaken = false
    /// Whether the bot has written in the chat.
    package var isChatWritable = false
    /// In which words Telegram refuses the bot's token.
    package var refusal: String?
    /// Whether Telegram has looked at the call itself, so that it takes the bot's token.
    package var isTokenAccepted = false

    package init(state: DeliveryState, next: Next) {
        self.state = state
        self.next = next
    }
}

/// What Telegram's table is known to hold for a player.
package enum KnownScore: Hashable, Sendable {
    case unknown
    /// Exactly this; nil is absent.
    case exactly(Int32?)
    case atLeast(Int32)

    /// Whether an ordinary delivery of a value has nothing left to do: Telegram holds it or more.
    ///
    /// Nil is absent.
    package func satisfies(_ desired: Int32?) -> Bool {
        guard let desired else { return true }
        switch self {
        case .unknown: return false
        case .exactly(let value): return (value ?? 0) >= desired
        case .atLeast(let value): return value >= desired
        }
    }
}
