import Leaderboards
package import Postgres
package import Storage
import Synchronization

extension DeliveryQueue {
    /// So long after its slot a chat is not even looked at: a claim's calls start some milliseconds after it.
    private static let leeway: Duration = .milliseconds(30)
    /// How many chats are looked at beyond those that can be called: in some nothing is left to bring.
    private static let idleChats = 10
    /// How many deliveries of closed chats one claim sends to inline messages at most.
    private static let movedDeliveries = 1000

    package func claim(limit: Int) async throws(PostgresError) -> ClaimResult {
        let now = now
        let (leaseNumber, history, lease) = state.withLock { state in
            state.history.forget(before: now)
            return (state.leaseNumber, state.history, Identifier128(using: &state.random))
        }
        // What this instance knows itself need not be asked for.
        let starts = history.starts(recorded: [], now: now)
        let room = min(limit, limits.botRoom(after: starts, now: now))
        guard room > 0 else {
            var result = ClaimResult()
            result.notBefore = limits.botOpening(after: starts)
            result.next = result.notBefore
            return result
        }
        let result = try await pool.committing { session throws(PostgresError) in
            try self.claim(room, leaseNumber: leaseNumber, history, lease: lease, now: now, session)
        }
        state.withLock { state in
            for claim in result.claims { state.history.claimed(claim.key.chat, slot: now) }
        }
        return result
    }

    package func start(_ claim: DeliveryClaim) -> Bool {
        let now = now
        guard now <= claim.call.claimedAt + CallHistory.slotLifetime else { return false }
        state.withLock { $0.history.started(claim.key.chat, slot: claim.call.claimedAt, at: now) }
        return true
    }

    private func claim(
        _ limit: Int,
        leaseNumber: Int64,
        _ history: CallHistory,
        lease: Identifier128,
        now: Instant,
        _ session: Session
    ) throws(PostgresError) -> Ending<ClaimResult> {
        let (budget, _, ready) = try session.run(
            .deliveryBotLock(bot, leaseNumber: leaseNumber),
            Statement(counting: .deliveryChatsPromote(of: bot, limit: limit + Self.idleChats, now: now)),
            .deliveryChatsReady(of: bot, limit: limit + Self.idleChats, now: now)
        )
        var result = ClaimResult()
        guard let budget else {
            result.isDeposed = true
            return Ending(result)
        }
        let starts = history.starts(recorded: budget.slots, now: now)
        var room = min(limit, limits.botRoom(after: starts, now: now))
        if budget.isRefused { room = min(room, 1) }
        let slots = budget.slots.map { $0.credible(at: now) }
        let heldUntil = budget.heldUntil.credible(at: now, within: ClockSkew.longTolerance)
        guard room > 0, heldUntil <= now else {
            let opening = max(heldUntil, limits.botOpening(after: starts) ?? now)
            result.notBefore = opening
            // What counts as now does so once.
            if slots != budget.slots {
                _ = try session.execute(.deliveryBotRecordSlots(slots, of: bot))
            }
            result.next = try session.run(.deliveryChatsNextTurn(of: bot)).map { max($0, opening) }
            return Ending(result)
        }
        let closed = ready.filter(\.isClosed).map(\.chat)
        let moved =
            closed.isEmpty
            ? []
            : try session.run(.deliveriesMoveToInline(closed, of: bot, limit: Self.movedDeliveries))
        var choice = choose(among: ready, passingOver: Set(moved), room: room, history, now: now)
        if !choice.keys.isEmpty {
            result.claims = try session.run(
                .deliveriesClaim(
                    choice.keys,
                    now: now,
                    lease: lease,
                    leaseUntil: now + Self.leaseLength,
                    isProbe: budget.isRefused
                )
            )
        }
        let idle =
            choice.idle.isEmpty ? [] : try session.deliveryChatsLockIdle(choice.idle, of: bot)
        choice.turns += nextTurns(of: ready, after: result.claims, history, now: now)
        var queries: [Query] = []
        if !choice.turns.isEmpty {
            let turns = choice.turns.sorted { $0.chat < $1.chat }
            queries.append(.deliveryChatsRecordTurns(turns, of: bot, now: now))
        }
        let claimed = result.claims.map { _ in now }
        if !result.claims.isEmpty {
            let recorded = (slots + claimed).filter { $0 + .seconds(3) > now }
            queries += [
                .deliveryBotRecordSlots(recorded, of: bot), .messageEditsRecord(result.claims, now: now),
            ]
        }
        if !idle.isEmpty { queries.append(.deliveryChatsRest(idle, of: bot, now: now)) }
        let next = Statement<Instant?>.deliveryChatsNextTurn(of: bot)
        let opening = limits.botOpening(after: starts + claimed)
        result.notBefore = opening
        let found = result
        return Ending(queries + [next.query]) { results throws(PostgresError) in
            var result = found
            if let rows = results.last { result.next = try next.decode(rows).map { max($0, opening ?? $0) } }
            return result
        }
    }

    private struct Choice {
        var keys: [DeliveryKey] = []
        /// In which nothing is due.
        var idle: [ChatID] = []
        /// Of those which must be left alone yet, and of those in which another look is to be taken.
        var turns: [ChatTurn] = []
    }

    private func choose(
        among ready: [ReadyChat],
        passingOver moved: Set<ChatID>,
        room: Int,
        _ history: CallHistory,
        now: Instant
    ) -> Choice {
        var choice = Choice()
        for chat in ready {
            let heldUntil = chat.heldUntil.credible(at: now, within: ClockSkew.longTolerance)
            if heldUntil > now || moved.contains(chat.chat) {
                choice.turns.append(ChatTurn(chat: chat.chat, slot: nil, free: max(heldUntil, now)))
                continue
            }
            guard let key = chat.first else {
                choice.idle.append(chat.chat)
                continue
            }
            let starts = history.starts(recorded: chat.slots, of: chat.chat, now: now)
            let opening = limits.chatOpening(after: starts, isPrivate: chat.isPrivate) ?? now
            if opening > now {
                choice.turns.append(ChatTurn(chat: chat.chat, slot: nil, free: opening))
            } else if choice.keys.count < room {
                choice.keys.append(key)
            }
        }
        return choice
    }

    /// The turns of the chats that are called.
    private func nextTurns(
        of ready: [ReadyChat],
        after claims: [DeliveryClaim],
        _ history: CallHistory,
        now: Instant
    ) -> [ChatTurn] {
        let chats = Dictionary(ready.map { ($0.chat, $0) }) { first, _ in first }
        return claims.compactMap { claim in
            guard let chat = chats[claim.key.chat] else { return nil }
            let starts = history.starts(recorded: chat.slots, of: chat.chat, now: now) + [now]
            let opening = limits.chatOpening(after: starts, isPrivate: chat.isPrivate)
            return ChatTurn(
                chat: chat.chat,
                slot: now,
                free: max(opening.map { $0 + Self.leeway } ?? now, now),
                retry: chat.isClosed && !claim.target.isInline ? now + Self.leaseLength : nil
            )
        }
    }
}
