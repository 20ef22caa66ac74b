package import Leaderboards
package import Postgres
package import Storage
import Synchronization

/// What a claim found.
package struct DeliveryClaim: Sendable {
    /// A claimed delivery with the name under which its start is noted.
    package struct Item: Sendable {
        package let delivery: ClaimedDelivery
        package let id: UInt64

        /// Names a claimed delivery.
        ///
        /// - Parameter id: The name under which its start is noted.
        package init(delivery: ClaimedDelivery, id: UInt64) {
            self.delivery = delivery
            self.id = id
        }
    }

    /// To be called now, committed as such.
    package var items: [Item] = []
    /// When the next claim may find something; nil when nothing waits.
    package var next: Instant?
    /// Until when no claim finds anything, whatever waits; nil when one may.
    package var notBefore: Instant?
    /// Whether another instance has taken over.
    package var isDeposed = false
    /// Whether Telegram refused the bot's token so far.
    package var isProbe = false

    package init() {}
}

/// The time in which one instance has the say over the calls of a bot.
///
/// The claim is the reservation: the transaction that claims a row records the slots of its chat and its bot, and fails
/// once another instance has taken over. Recorded slots say when calls were claimed; of its own this instance knows
/// when they started.
package final class DeliveryTerm: Sendable {
    /// Rows that one transaction takes back at most.
    private static let portion = 100
    /// So long after its slot a chat is not even looked at: a claim's calls start some milliseconds after it.
    private static let leeway: Duration = .milliseconds(30)

    /// How many chats are looked at beyond those that can be called: in some nothing is left to bring.
    private static let idleChats = 20
    /// How many deliveries of closed chats one claim sends to inline messages at most.
    private static let movedDeliveries = 1000

    package let bot: BotID
    private let number: Int64
    private let queue: DeliveryQueue
    private let state = Mutex(State())

    private struct State {
        var ledger = CallLedger()
        var random = SystemRandomNumberGenerator()
    }

    init(bot: BotID, number: Int64, queue: DeliveryQueue) {
        self.bot = bot
        self.number = number
        self.queue = queue
    }

    /// Claims what may be called now.
    ///
    /// - Returns: What was claimed; each must start at once or be given up.
    package func claim(limit: Int) async throws(PostgresError) -> DeliveryClaim {
        let now = queue.clock()
        let (ledger, lease) = state.withLock { state in
            state.ledger.forget(before: now)
            return (state.ledger, Identifier128(using: &state.random))
        }
        // What this instance knows itself need not be asked for.
        let starts = ledger.starts(recorded: [], now: now)
        let room = min(limit, queue.limits.botRoom(after: starts, now: now))
        guard room > 0 else {
            var claim = DeliveryClaim()
            claim.notBefore = queue.limits.botOpening(after: starts)
            claim.next = claim.notBefore
            return claim
        }
        let found = try await queue.pool.committing { session throws(PostgresError) in
            try self.claim(room, ledger, lease: lease, now: now, session)
        }
        var claim = DeliveryClaim()
        claim.next = found.next
        claim.notBefore = found.notBefore
        claim.isDeposed = found.isDeposed
        claim.isProbe = found.isProbe
        claim.items = state.withLock { state in
            found.deliveries.map { delivery in
                .init(delivery: delivery, id: state.ledger.claimed(delivery.key.chat, slot: now))
            }
        }
        return claim
    }

    /// Notes that the call of a claimed delivery starts now.
    ///
    /// - Returns: Whether it may: not when its slot has passed.
    package func start(_ item: DeliveryClaim.Item) -> Bool {
        let now = queue.clock()
        guard now <= item.delivery.call.claimedAt + CallLedger.slotLifetime else { return false }
        state.withLock { $0.ledger.started(item.id, at: now) }
        return true
    }

    /// Takes back what a vanished instance had claimed.
    package func tidy() async throws(PostgresError) {
        let now = queue.clock()
        let random = Double.random(in: 0...1)
        var taken = Self.portion
        while taken == Self.portion {
            taken = try await queue.pool.transaction { session throws(PostgresError) in
                try session.takeBackDeliveries(of: bot, now: now, limit: Self.portion) { state, call in
                    DeliverySettlement(
                        state,
                        after: call,
                        answer: .temporary(
                            "whoever called did not say how it ended",
                            mayHaveTakenEffect: true
                        ),
                        now: now,
                        random: random
                    )
                }
            }
        }
    }

    /// Gives a turn to chats in which something waits and that have none, as an instance of the version before leaves
    /// them; to be done once a term, beside all else.
    package func findForgotten() async throws(PostgresError) {
        try await queue.pool.transaction(TransactionOptions(statementTimeout: .seconds(60))) {
            session throws(PostgresError) in
            try session.planForManyRows(memory: 32)
            try session.queueForgottenDeliveries(of: bot)
        }
    }

    /// Notes that Telegram takes the bot's token again.
    package func noteAcceptance() async throws(PostgresError) {
        let now = queue.clock()
        try await queue.pool.transaction { session throws(PostgresError) in
            try session.noteAcceptance(of: bot, now: now)
        }
    }

    // MARK: - One claim

    private struct Found: Sendable {
        var deliveries: [ClaimedDelivery] = []
        var next: Instant?
        var notBefore: Instant?
        var isDeposed = false
        var isProbe = false
    }

    private func claim(
        _ limit: Int,
        _ ledger: CallLedger,
        lease: Identifier128,
        now: Instant,
        _ session: Session
    ) throws(PostgresError) -> Ending<Found> {
        let limits = queue.limits
        let (budget, _, ready) = try session.run(
            .budget(of: bot, term: number),
            Statement(counting: .promoteTurns(of: bot, limit: limit + Self.idleChats, now: now)),
            .readyChats(of: bot, limit: limit + Self.idleChats, now: now)
        )
        var found = Found()
        guard let budget else {
            found.isDeposed = true
            return Ending(found)
        }
        found.isProbe = budget.isRefused
        let starts = ledger.starts(recorded: budget.slots, now: now)
        var room = min(limit, limits.botRoom(after: starts, now: now))
        if budget.isRefused { room = min(room, 1) }
        let heldUntil = budget.heldUntil.credible(at: now, within: ClockSkew.longTolerance)
        guard room > 0, heldUntil <= now else {
            let opening = max(heldUntil, limits.botOpening(after: starts) ?? now)
            found.notBefore = opening
            // What counts as now does so once.
            if budget.slots.contains(where: { !$0.isCredible(at: now) }) {
                _ = try session.execute(.recordSlots(budget.slots.map { $0.credible(at: now) }, of: bot))
            }
            found.next = try session.run(.nextTurn(of: bot)).map { max($0, opening) }
            return Ending(found)
        }
        let closed = ready.filter(\.isClosed).map(\.chat)
        let moved =
            closed.isEmpty ? [] : try session.run(.moveToInline(closed, of: bot, limit: Self.movedDeliveries))
        let selection = select(ready, passingOver: Set(moved), room: room, ledger, now: now)
        if !selection.keys.isEmpty {
            found.deliveries = try session.run(
                .claim(selection.keys, now: now, lease: lease, leaseUntil: now + DeliveryQueue.leaseLength)
            )
        }
        let idle = selection.idle.isEmpty ? [] : try session.lockIdleChats(selection.idle, of: bot)
        let slots = (budget.slots.map { $0.credible(at: now) } + found.deliveries.map { _ in now })
            .filter { $0 + .seconds(3) > now }
        var queries = turns(of: ready, selection, found.deliveries, ledger, now: now)
        if !found.deliveries.isEmpty {
            queries += [.recordSlots(slots, of: bot), .noteEdits(found.deliveries, now: now)]
        }
        if !idle.isEmpty { queries.append(.restTurns(idle, of: bot, now: now)) }
        let next = Statement<Instant?>.nextTurn(of: bot)
        let opening = limits.botOpening(after: starts + found.deliveries.map { _ in now })
        found.notBefore = opening
        let claimed = found
        return Ending(queries + [next.query]) { results throws(PostgresError) in
            var found = claimed
            if let rows = results.last { found.next = try next.decode(rows).map { max($0, opening ?? $0) } }
            return found
        }
    }

    private struct Selection {
        var keys: [DeliveryKey] = []
        /// In which nothing is due.
        var idle: [ChatID] = []
        /// Which must be left alone yet, and those in which another look is to be taken.
        var early: [ChatTurn] = []
    }

    private func select(
        _ ready: [ReadyChat],
        passingOver moved: Set<ChatID>,
        room: Int,
        _ ledger: CallLedger,
        now: Instant
    ) -> Selection {
        var selection = Selection()
        for chat in ready {
            let heldUntil = chat.heldUntil.credible(at: now, within: ClockSkew.longTolerance)
            if heldUntil > now || moved.contains(chat.chat) {
                selection.early.append(ChatTurn(chat: chat.chat, slot: nil, free: max(heldUntil, now)))
                continue
            }
            guard let key = chat.first else {
                selection.idle.append(chat.chat)
                continue
            }
            let starts = ledger.starts(recorded: chat.slots, of: chat.chat, now: now)
            if let opening = queue.limits.chatOpening(after: starts, isPrivate: chat.isPrivate), opening > now
            {
                selection.early.append(ChatTurn(chat: chat.chat, slot: nil, free: opening))
            } else if selection.keys.count < room {
                selection.keys.append(key)
            }
        }
        return selection
    }

    private func turns(
        of ready: [ReadyChat],
        _ selection: Selection,
        _ claimed: [ClaimedDelivery],
        _ ledger: CallLedger,
        now: Instant
    ) -> [Query] {
        let chats = Dictionary(ready.map { ($0.chat, $0) }) { first, _ in first }
        let called = claimed.compactMap { delivery -> ChatTurn? in
            guard let chat = chats[delivery.key.chat] else { return nil }
            let starts = ledger.starts(recorded: chat.slots, of: chat.chat, now: now) + [now]
            let opening = queue.limits.chatOpening(after: starts, isPrivate: chat.isPrivate)
            return ChatTurn(
                chat: chat.chat,
                slot: now,
                free: max(opening.map { $0 + Self.leeway } ?? now, now),
                retry: chat.isClosed && !delivery.target.isInline ? now + DeliveryQueue.leaseLength : nil
            )
        }
        let turns = (called + selection.early).sorted { $0.chat < $1.chat }
        return turns.isEmpty ? [] : [.recordTurns(turns, of: bot, now: now)]
    }
}
