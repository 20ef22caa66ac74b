/// One delivery, as far as what follows from an answer depends on it.
package struct DeliveryState: Hashable, Sendable {
    /// The value wanted by now; nil is absent.
    package var wanted: Int32?
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

    /// Describes a delivery.
    ///
    /// - Parameters:
    ///   - wanted: The value wanted; nil is absent.
    ///   - followsLatest: Whether the game keeps the latest score.
    ///   - isCorrection: Whether only the very value will do.
    ///   - known: What Telegram is known to hold.
    ///   - mustRead: Whether the table must be read.
    ///   - uncertainUntil: Until when a call of unknown outcome may take effect.
    ///   - attempts: How many tries have failed in a row.
    package init(
        wanted: Int32?,
        followsLatest: Bool = false,
        isCorrection: Bool = false,
        known: KnownScore = .unknown,
        mustRead: Bool = false,
        uncertainUntil: Instant? = nil,
        attempts: Int = 0
    ) {
        self.wanted = wanted
        self.followsLatest = followsLatest
        self.isCorrection = isCorrection
        self.known = known
        self.mustRead = mustRead
        self.uncertainUntil = uncertainUntil
        self.attempts = attempts
    }

    /// Whether only the very value will do, so that calls are forced.
    package var isExact: Bool { followsLatest || isCorrection }

    /// Whether Telegram holds what it is to hold.
    package var isSatisfied: Bool {
        isExact ? !mustRead && known == .exactly(wanted) : known.satisfies(wanted)
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
        case dead
    }

    /// How long a call whose outcome is not known may still take effect, counted from its claim.
    package static let uncertainty: Duration = .seconds(60)

    package let next: Next
    /// The delivery as it is from now on.
    package let state: DeliveryState
    /// What went wrong, in Telegram's words; nil after success.
    package let error: String?
    /// How long Telegram wants the chat to be left alone.
    package let chatHold: Duration?
    /// Whether the bot can no longer write in the chat.
    package let isChatForbidden: Bool
    /// In which words Telegram refuses the bot's token.
    package let refusal: String?

    /// Decides what an answer means.
    ///
    /// - Parameters:
    ///   - before: The delivery as it is when the answer is there; newer runs may have changed it since the call.
    ///   - call: What was called.
    ///   - answer: What Telegram said.
    ///   - now: The time.
    ///   - random: A number from 0 to 1, for the jitter of waits.
    package init(
        _ before: DeliveryState,
        after call: DeliveryCall,
        answer: DeliveryAnswer,
        now: Instant,
        random: Double
    ) {
        var state = before
        var next: Next?
        var due = now
        var error: String?
        var chatHold: Duration?
        var isChatForbidden = false
        var refusal: String?
        if let uncertainUntil = state.uncertainUntil, uncertainUntil <= now { state.uncertainUntil = nil }
        switch answer {
        case .delivered, .notModified:
            // With force a value is set whatever it was, so "not modified" means that it was this one.
            state.known =
                answer == .delivered || call.step == .force
                ? .exactly(call.value == 0 ? nil : call.value)
                : state.known.raised(to: call.value)
            state.attempts = 0
        case .table(let value):
            state.known = .exactly(value)
            state.mustRead = false
            state.attempts = 0
        case .notCalled: break
        case .wait(let duration):
            due = now + duration
            chatHold = duration
            error = "too many requests"
        case .temporary(let reason, let mayHaveTakenEffect):
            state.attempts += 1
            due = now + RetrySchedule.telegram.wait(afterFailures: state.attempts, random: random)
            error = reason
            if mayHaveTakenEffect, call.step != .read {
                state.known = state.known.afterUnknownCall(isForced: call.step == .force)
                state.mustRead = state.mustRead || call.step == .force
                state.uncertainUntil = call.claimedAt + Self.uncertainty
            }
        case .botRefused(let reason):
            error = reason
            refusal = reason
        case .targetGone(let reason):
            next = .anotherTarget
            state.attempts = 0
            error = reason
        case .chatForbidden(let reason):
            next = .anotherTarget
            state.attempts = 0
            error = reason
            isChatForbidden = true
        case .rejected(let reason):
            // A newer value has not been refused yet.
            if call.step == .read || (state.wanted ?? 0) == call.value { next = .dead }
            state.attempts = 0
            error = reason
        }
        // Nobody asks any more for the exact value that a forced call may have left behind.
        if !state.isExact { state.mustRead = false }
        if state.isSatisfied { next = .done }
        if next == .done { state.isCorrection = false }
        // A forced call never follows one that may still take effect: it would decide which of the two stays.
        if state.isExact, let uncertainUntil = state.uncertainUntil { due = max(due, uncertainUntil) }
        self.next = next ?? .pending(due)
        self.state = state
        self.error = error
        self.chatHold = chatHold
        self.isChatForbidden = isChatForbidden
        self.refusal = refusal
    }
}

extension KnownScore {
    /// What is known after Telegram said that it holds no less than a value.
    fileprivate func raised(to value: Int32) -> KnownScore {
        switch self {
        case .exactly(let known?) where known >= value: self
        case .atLeast(let known) where known >= value: self
        default: .atLeast(value)
        }
    }
}
