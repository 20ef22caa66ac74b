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
    /// How many answers that may pass have come in a row: in words that nobody has seen before, or that forbid an inline
    /// message.
    package var rejections: Int

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
    ///   - rejections: How many answers that may pass have come in a row.
    package init(
        wanted: Int32?,
        followsLatest: Bool = false,
        isCorrection: Bool = false,
        known: KnownScore = .unknown,
        mustRead: Bool = false,
        uncertainUntil: Instant? = nil,
        attempts: Int = 0,
        rejections: Int = 0
    ) {
        self.wanted = wanted
        self.followsLatest = followsLatest
        self.isCorrection = isCorrection
        self.known = known
        self.mustRead = mustRead
        self.uncertainUntil = uncertainUntil
        self.attempts = attempts
        self.rejections = rejections
    }

    /// Forgets failures, after an answer that settles something.
    fileprivate mutating func beginAnew() { (attempts, rejections) = (0, 0) }

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

    package private(set) var next: Next
    /// The delivery as it is from now on.
    package let state: DeliveryState
    /// What went wrong, in Telegram's words; nil after success.
    package let error: String?
    /// How long Telegram wants the chat to be left alone.
    package let chatHold: Duration?
    /// Whether Telegram refused to let the bot write in the chat.
    package let isChatForbidden: Bool
    /// Whether Telegram took the call.
    package let isTaken: Bool
    /// Whether the bot has written in the chat.
    package let isChatWritable: Bool
    /// In which words Telegram refuses the bot's token.
    package let refusal: String?

    /// Decides what an answer means.
    ///
    /// - Parameters:
    ///   - before: The delivery as it is when the answer is there; newer runs may have changed it since the call.
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
        var (isTaken, isChatWritable) = (false, false)
        var isInlineForbidden = false
        var refusal: String?
        if let until = state.uncertainUntil, until <= now || !until.isCredible(at: now) {
            state.uncertainUntil = nil
        }
        switch answer {
        case .delivered, .notModified:
            isTaken = true
            isChatWritable = !call.isInline
            // With force a value is set whatever it was, so "not modified" means that it was this one.
            state.known =
                answer == .delivered || call.step == .force
                ? .exactly(call.value == 0 ? nil : call.value)
                : state.known.raised(to: call.value)
            state.beginAnew()
        case .table(let value):
            state.known = .exactly(value)
            state.mustRead = false
            state.beginAnew()
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
            state.beginAnew()
            error = reason
        case .chatForbidden(let reason) where !call.isInline:
            // It waits with its message for the day the chat opens, or for an inline message.
            state.beginAnew()
            error = reason
            isChatForbidden = true
        case .rejected(let reason):
            // A newer value has not been refused yet.
            if call.step == .read || (state.wanted ?? 0) == call.value { next = .dead }
            state.beginAnew()
            error = reason
        case .chatForbidden(let reason):
            // An inline message belongs to who sent it, so that this says nothing of the chat. It is no answer about
            // the value either, so that it waits, however long, as for a closed chat.
            state.attempts = 0
            state.rejections += 1
            error = reason
            isInlineForbidden = true
            due = now + ChatClosure.waits[min(state.rejections, ChatClosure.waits.count) - 1]
        case .unrecognized(let reason):
            state.attempts = 0
            error = reason
            if call.step == .read || (state.wanted ?? 0) == call.value {
                state.rejections += 1
                if state.rejections > Self.rejectionWaits.count + Self.maximumFallbacks {
                    next = .dead
                } else if state.rejections > Self.rejectionWaits.count {
                    next = .anotherTargetOrDead
                } else {
                    due = now + Self.rejectionWaits[state.rejections - 1]
                }
            } else {
                state.rejections = 0
            }
        }
        // Nobody asks any more for the exact value that a forced call may have left behind.
        if !state.isExact { state.mustRead = false }
        if state.isSatisfied { next = .done }
        if next == .done { state.isCorrection = false }
        // A forced call never follows one that may still take effect: it would decide which of the two stays.
        if state.isExact, let uncertainUntil = state.uncertainUntil { due = max(due, uncertainUntil) }
        self.next = next ?? (isInlineForbidden ? .anotherTargetOrPending(due) : .pending(due))
        self.state = state
        self.error = error
        self.chatHold = chatHold
        self.isChatForbidden = isChatForbidden
        self.isTaken = isTaken
        self.isChatWritable = isChatWritable
        self.refusal = refusal
    }

    /// Gives the delivery up: there is no other message.
    package mutating func giveUp() { next = .dead }
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
