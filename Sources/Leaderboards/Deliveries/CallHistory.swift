/// When calls started, as the one who starts them knows it.
///
/// What is recorded in the database of a call is its slot: the moment it was claimed. It starts within
/// ``slotLifetime`` of it or never. The one who claimed it knows when; everybody else reckons with the latest moment.
package struct CallHistory: Sendable {
    /// A call that has not started so long after its slot is given up.
    package static let slotLifetime: Duration = .milliseconds(500)

    private struct Call: Sendable {
        let chat: ChatID
        let slot: Instant
        var startedAt: Instant?
    }

    private var calls: [Call] = []

    package init() {}

    /// Notes a slot that was recorded.
    package mutating func claimed(_ chat: ChatID, slot: Instant) {
        calls.append(Call(chat: chat, slot: slot))
    }

    /// Notes when the call of a slot started; of several about a chat at one moment it does not matter which.
    package mutating func started(_ chat: ChatID, slot: Instant, at time: Instant) {
        let index = calls.lastIndex { $0.chat == chat && $0.slot == slot && $0.startedAt == nil }
        if let index { calls[index].startedAt = time }
    }

    /// Forgets calls that no window reaches any more, and those that a clock put where it is no more.
    package mutating func forget(before now: Instant) {
        let limit = now + (.zero - CallLimits.memory)
        calls.removeAll { $0.slot < limit || !$0.slot.isCredible(at: now) }
    }

    /// When calls started, at the latest, ascending: those that the database knows of, of which slots too far ahead to
    /// be true count as now, and those that are known here; of one chat, or of the whole bot.
    package func starts(recorded slots: [Instant], of chat: ChatID? = nil, now: Instant) -> [Instant] {
        var own: [Instant: Int] = [:]
        var starts: [Instant] = []
        for call in calls where chat == nil || call.chat == chat {
            own[call.slot, default: 0] += 1
            // One that has not started yet starts now at the earliest, and at the end of its slot at the latest.
            starts.append(call.startedAt ?? max(call.slot, min(now, call.slot + Self.slotLifetime)))
        }
        for slot in slots {
            if let count = own[slot], count > 0 {
                own[slot] = count - 1
            } else {
                starts.append(slot.credible(at: now) + Self.slotLifetime)
            }
        }
        return starts.sorted()
    }
}
