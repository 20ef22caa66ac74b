import BotAPI
package import Leaderboards

extension DeliverySettlement {
    /// Decides what an answer means for a delivery as it is when the answer is there: newer runs may have changed it
    /// since the call.
    ///
    /// The random number, from 0 to 1, spreads waits.
    package init(
        _ before: DeliveryState,
        after call: DeliveryCall,
        answer: DeliveryAnswer,
        now: Instant,
        random: Double
    ) {
        self.init(state: before, next: .pending(now))
        isTokenAccepted = answer.isOfAcceptedToken
        var next: Next?
        var due = now
        var isInlineForbidden = false
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
            if call.step == .read || (state.desired ?? 0) == call.value { next = .dead }
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
            if call.step == .read || (state.desired ?? 0) == call.value {
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
    }
}

extension DeliveryState {
    /// Forgets failures, after an answer that settles something.
    fileprivate mutating func beginAnew() { (attempts, rejections) = (0, 0) }
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

    /// What remains known when another value may have been written without our hearing of it.
    ///
    /// Nothing after a forced call; after an ordinary one, which can only raise, a lower bound.
    fileprivate func afterUnknownCall(isForced: Bool) -> KnownScore {
        switch self {
        case _ where isForced: .unknown
        case .exactly(let value?): .atLeast(value)
        case .exactly(nil), .unknown: .unknown
        case .atLeast: self
        }
    }
}
