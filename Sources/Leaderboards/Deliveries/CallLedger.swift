/// When calls started, as the one who starts them knows it.
///
/// What is recorded in the database of a call is its slot: the moment it was claimed. It starts within
/// ``slotLifetime`` of it or never. The one who claimed it knows when; everybody else reckons with the latest moment.
package struct CallLedger: Sendable {
    /// A call that has not started so long after its slot is given up.
    package static let slotLifetime: Duration = .milliseconds(500)

    private struct Call: Sendable {
        let id: UInt64
        let chat: ChatID
        let slot: Instant
        var startedAt: Instant?
    }

    private var calls: [Call] = []
    private var made: UInt64 = 0

    /// Begins with nothing known.
    package init() {}

    /// Notes a slot that was recorded.
    ///
    /// - Returns: The name of the call, for ``started(_:at:)``.
    package mutating func claimed(_ chat: ChatID, slot: Instant) -> UInt64 {
        made += 1
        calls.append(Call(id: made, chat: chat, slot: slot))
        return made
    }

    /// Notes when a call started.
    package mutating func started(_ id: UInt64, at time: Instant) {
        guard let index = calls.lastIndex(where: { $0.id == id }) else { return }
        calls[index].startedAt = time
    }

    /// Forgets calls that no window reaches any more, and those that a clock put where it is no more.
    package mutating func forget(before now: Instant) {
        let limit = now + (.zero - CallLimits.memory)
        calls.removeAll { $0.slot < limit || !$0.slot.isCredible(at: now) }
    }

    /// When calls started, at the latest, that the database knows of and that are known here.
    ///
    /// - Parameters:
    ///   - slots: The recorded ones; those too far ahead to be true count as now.
    ///   - chat: Whose calls; nil is the whole bot.
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
