import Synchronization

/// Planning faults, and what they do.
extension Simulator {
    /// Plans faults behind those that are planned already; their times count from now.
    package func plan(_ faults: Fault...) { plan(faults) }

    /// Plans faults behind those that are planned already; their times count from now.
    ///
    /// - Parameter seed: Starts the draws anew, so that the same calls meet the same faults; nil goes on with them.
    package func plan(_ faults: [Fault], seed: UInt64? = nil) {
        let now = clock.now()
        state.withLock { state in
            if let seed { state.faultRandom = Identifiers(seed: seed) }
            state.faults += faults.map { fault in
                var fault = fault
                fault.plannedAt = now
                return fault
            }
        }
    }

    /// Forgets all planned faults, and puts right what was to be put right later.
    package func clearFaults() {
        state.withLock { $0.faults = [] }
        repair(all: true)
    }

    /// The faults that are planned and not yet over.
    package var faults: [Fault] {
        let now = clock.now()
        return state.withLock { state in state.faults.filter { !$0.isOver(at: now) } }
    }

    /// Refuses a bot's token with 401, or takes it again.
    package func setRevoked(_ isRevoked: Bool, bot: Int64) {
        state.withLock { state in
            if isRevoked { state.revoked.insert(bot) } else { state.revoked.remove(bot) }
        }
    }

    // MARK: - Calls

    /// Notes that a call came, and decides what happens to it.
    ///
    /// - Returns: The call's place in the log, and the fault that it meets.
    func admit(_ method: String, _ bot: Int64, _ parameters: CallParameters) -> (
        RecordedCall, Fault.Behaviour?
    ) {
        let (time, elapsed) = (clock.now(), clock.elapsed())
        return state.withLock { state in
            let chat = state.telegram.address(parameters, bot)?.chat
            let entry = RecordedCall(
                time: time,
                elapsed: elapsed,
                bot: bot,
                chat: chat,
                method: method,
                parameters: parameters
            )
            if state.revoked.contains(bot) { return (entry, .refuse(.unauthorized)) }
            let chats = [parameters["chat_id"], chat?.text ?? ""].filter { !$0.isEmpty }
            let call: Fault.Call = (method, bot, chats, time)
            let fault = Fault.take(from: &state.faults, for: call, using: &state.faultRandom)
            return (entry, fault)
        }
    }

    /// Changes Telegram as a fault wants it before the call is answered; what makes no sense for the call is left out.
    func prepare(_ behaviour: Fault.Behaviour, for bot: Int64, _ parameters: CallParameters) {
        let address = read { $0.address(parameters, bot) }
        do throws(SimulationError) {
            switch behaviour {
            case .deleteMessage:
                guard let address else { return }
                try change { telegram, _ throws(SimulationError) in try telegram.delete(address) }
            case .kick(let time):
                guard let chat = address?.chat,
                    read({ $0.chats[chat]?.activeBots.contains(bot) }) == true
                else { return }
                try setMembership(.kicked, of: bot, in: chat)
                later(bot, chat, after: time)
            case .migrate:
                guard let chat = address?.chat, let user = read({ $0.chats[chat]?.users.first }) else {
                    return
                }
                _ = try change { telegram, now throws(SimulationError) in
                    try telegram.migrate(chat, by: user, now: now)
                }
            case .revoke(let time):
                setRevoked(true, bot: bot)
                later(bot, nil, after: time)
            default: return
            }
        } catch {
            // The chat is no group, or the message has been deleted since: the call meets what is there.
        }
    }

    /// Holds a call until nobody waits for it any more.
    func hold() async {
        var listener = bell.listen(.nothing)
        _ = await listener.next(within: Fault.Behaviour.holdTime, clock)
    }

    // MARK: - Repairs

    private func later(_ bot: Int64, _ chat: ChatKey?, after milliseconds: Int64?) {
        guard let milliseconds else { return }
        let due = clock.now() + milliseconds
        state.withLock { $0.repairs.append((bot, chat, due)) }
        bell.ring(.repairs)
    }

    /// Puts right what is due.
    ///
    /// - Parameter all: Whether to put right everything, due or not.
    /// - Returns: When the next is due; nil when nothing is left.
    @discardableResult
    func repair(all: Bool = false) -> Int64? {
        let now = clock.now()
        let (due, next) = state.withLock { state in
            let due = state.repairs.filter { all || $0.due <= now }
            state.repairs.removeAll { all || $0.due <= now }
            return (due, state.repairs.map(\.due).min())
        }
        for (bot, chat, _) in due {
            guard let chat else {
                setRevoked(false, bot: bot)
                continue
            }
            // Whoever was kicked out of a group stays out of the supergroup that it becomes.
            let places = [chat, read { $0.chats[chat]?.migratedTo }.map(ChatKey.shared)].compactMap(\.self)
            for chat in places { try? setMembership(.member, of: bot, in: chat) }
        }
        return next
    }

    /// Puts everything right at its time, until there is nothing to wait for any more.
    func repairFaults() async {
        var listener = bell.listen(.repairs)
        var next = repair()
        while await listener.next(within: next.map { max(1, $0 - clock.now()) }, clock) { next = repair() }
    }

    private func setMembership(_ membership: Membership, of bot: Int64, in chat: ChatKey)
        throws(SimulationError)
    {
        try change { telegram, now throws(SimulationError) in
            guard let user = telegram.chats[chat]?.users.first else { throw .notFound("chat \(chat.text)") }
            try telegram.setMembership(membership, of: bot, in: chat, by: user, now: now)
        }
    }
}

extension SimulatedTelegram {
    /// The message that a call of a bot is about; number 0 where it names a chat only, nil where it names neither.
    func address(_ parameters: CallParameters, _ bot: Int64) -> MessageAddress? {
        guard let id = Int64(parameters["chat_id"]) else {
            return inlineMessages[parameters["inline_message_id"]]
        }
        return MessageAddress(
            chat: id < 0 ? .shared(id) : .bot(bot, user: id),
            message: parameters.messageNumber
        )
    }
}
