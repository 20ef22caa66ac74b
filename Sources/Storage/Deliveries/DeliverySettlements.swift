package import Leaderboards
package import Postgres

extension Session {
    /// Writes down what became of a claimed delivery, if its lease still holds; decided by the row as it is by now, which
    /// may have moved on during the call.
    ///
    /// - Returns: The decision, or nil when the lease was lost and somebody else has the row.
    package func deliverySettle(
        _ claim: DeliveryClaim,
        now: Instant,
        refusalPause: Duration,
        _ decide: (DeliveryState) -> DeliverySettlement
    ) throws(PostgresError) -> Ending<DeliverySettlement?> {
        let key = claim.key
        let lease = UUIDBytes(high: claim.lease.high, low: claim.lease.low)
        let row = try first(
            """
            SELECT \(unescaped: Self.stateColumns) FROM deliveries d JOIN games g ON g.game_id = d.game_id
            WHERE d.game_id = \(key.game) AND d.chat_id = \(key.chat) AND d.player_id = \(key.player)
              AND d.lease = \(lease)
            FOR UPDATE OF d
            """
        )
        guard let row else { return Ending(nil) }
        let current = try LockedDelivery(row)
        var settlement = decide(current.state)
        let update = try writing(&settlement, of: current, target: claim.target, now: now)
        let opens = settlement.isChatWritable && current.isChatClosed
        let reopens = settlement.isTaken && current.isTargetRefused
        let resumes = claim.isProbe && settlement.isTokenAccepted
        guard
            settlement.chatHold != nil || settlement.refusal != nil || settlement.isChatForbidden || opens
                || reopens || resumes
        else {
            return Ending([update], settlement)
        }
        _ = try execute(update)
        if opens { try chatOpen(key.chat, of: current.bot, now: now) }
        if reopens { try targetsReopen(of: key.chat, only: (key.game, claim.target), now: now) }
        if settlement.isChatForbidden, try isHearsay(claim.target, in: key) {
            // Others know the chat, and nothing but a key says that the message stands there.
            try execute(.targetRetire(claim.target, game: key.game, chat: key.chat))
            try deliveriesRetarget(of: key.chat)
        } else if settlement.isChatForbidden {
            try chatClose(
                key.chat,
                of: current.bot,
                reason: settlement.error ?? "-",
                claimedAt: claim.call.claimedAt,
                now: now
            )
        }
        if let hold = settlement.chatHold {
            try deliveryChatHold(for: hold, chat: key.chat, bot: current.bot, now: now)
        }
        if let refusal = settlement.refusal {
            try deliveryBotNoteRefusal(refusal, of: current.bot, now: now, until: now + refusalPause)
        } else if resumes {
            try deliveryBotNoteRefusal(nil, of: current.bot, now: now, until: now)
        }
        return Ending(settlement)
    }

    /// Whether only a key told of a message, in a chat that presses or updates know.
    private func isHearsay(_ target: StoredTarget, in key: DeliveryKey) throws(PostgresError) -> Bool {
        try first(
            """
            SELECT EXISTS (
                SELECT FROM targets t
                WHERE t.game_id = \(key.game) AND t.chat_id = \(key.chat) AND t.target = \(target) AND t.is_reported)
            AND (EXISTS (SELECT FROM chat_addresses a WHERE a.chat_id = \(key.chat))
                 OR EXISTS (SELECT FROM targets t WHERE t.chat_id = \(key.chat) AND NOT t.is_reported))
            """
        )?.decode(Bool.self) ?? false
    }

    /// Takes back deliveries whose lease ran out: whoever called is gone, and what became of the call is not known.
    ///
    /// Tells how many.
    package func deliveriesTakeBack(
        of bot: BotID,
        now: Instant,
        limit: Int,
        _ decide: (DeliveryState, DeliveryCall) -> DeliverySettlement
    ) throws(PostgresError) -> Int {
        let rows = try query(
            """
            SELECT \(unescaped: Self.stateColumns) FROM deliveries d JOIN games g ON g.game_id = d.game_id
            WHERE d.state = 'sending' AND d.bot_id = \(bot)
              AND (d.lease_until < \(now) OR d.lease_until > \(now + ClockSkew.tolerance))
            LIMIT \(Int64(limit))
            FOR UPDATE OF d SKIP LOCKED
            """
        )
        for row in rows {
            let current = try LockedDelivery(row)
            guard let call = current.call else { continue }
            var settlement = decide(current.state, call)
            _ = try execute(try writing(&settlement, of: current, target: nil, now: now))
        }
        return rows.count
    }

    private static let stateColumns = """
        d.game_id, d.chat_id, d.player_id, d.bot_id, d.desired_score, \(SQL.followsLatest), d.is_correction, d.known,
        d.known_value, d.must_read, d.uncertain_until, d.attempts, d.rejections, d.target, d.last_call, d.last_call_at,
        EXISTS (SELECT FROM delivery_chats q
                WHERE q.bot_id = d.bot_id AND q.chat_id = d.chat_id AND q.closed_at IS NOT NULL),
        EXISTS (SELECT FROM targets t
                WHERE t.game_id = d.game_id AND t.chat_id = d.chat_id AND t.target = d.target
                  AND t.refused_at IS NOT NULL)
        """

    private func writing(
        _ settlement: inout DeliverySettlement,
        of delivery: LockedDelivery,
        target called: StoredTarget?,
        now: Instant
    ) throws(PostgresError) -> Query {
        // A run that ended during the call may have brought its own message along, which then stays.
        var target = delivery.target
        let name: String
        let (key, state) = (delivery.key, settlement.state)
        var due = max(now, state.isExact ? state.uncertainUntil ?? now : now)
        switch settlement.next {
        case .done: name = "done"
        case .dead: name = "dead"
        case .pending(let time):
            name = "pending"
            due = time
        case .anotherTarget:
            if let called { try execute(.targetRetire(called, game: key.game, chat: key.chat)) }
            target = try fallback(for: delivery, called: called, mayHaveRefused: true)
            name = target == nil ? "no_target" : "pending"
        case .anotherTargetOrDead:
            if let called { try execute(.targetRefuse(called, game: key.game, chat: key.chat, now: now)) }
            let other = try fallback(for: delivery, called: called, mayHaveRefused: false)
            if other == nil { settlement.next = .dead }
            target = other ?? target
            name = other == nil ? "dead" : "pending"
        case .anotherTargetOrPending(let time):
            if let called { try execute(.targetRefuse(called, game: key.game, chat: key.chat, now: now)) }
            let other = try fallback(for: delivery, called: called, mayHaveRefused: false)
            if other == nil { due = time }
            target = other ?? target
            name = "pending"
        }
        let (known, value) = state.known.columns
        return """
            WITH changed AS (
                UPDATE deliveries d
                SET state = \(name), due_at = \(due), target = \(target), attempts = \(Int32(clamping: state.attempts)),
                    rejections = \(Int32(clamping: state.rejections)), last_error = \(settlement.error), lease = NULL, lease_until = NULL, known = \(known),
                    known_value = \(value), is_correction = \(state.isCorrection), must_read = \(state.mustRead),
                    uncertain_until = \(state.uncertainUntil)
                WHERE d.game_id = \(key.game) AND d.chat_id = \(key.chat) AND d.player_id = \(key.player)
                RETURNING d.bot_id, d.chat_id, d.state, d.due_at
            )
            \(unescaped: Query.queueingOfChanged)
            """
    }

    /// The message to go on with when a delivery's own was refused: that of a run which ended during the call, else the
    /// one pressed last, whichever way it is addressed; rather one that has not refused as well.
    private func fallback(
        for delivery: LockedDelivery,
        called: StoredTarget?,
        mayHaveRefused: Bool
    ) throws(PostgresError) -> StoredTarget? {
        let (key, current) = (delivery.key, delivery.target)
        return try first(
            """
            SELECT o.target FROM (
                SELECT x.target, 0 AS place FROM (SELECT \(current) AS target) AS x
                WHERE x.target IS DISTINCT FROM \(called) AND NOT EXISTS (
                    SELECT FROM targets t
                    WHERE t.game_id = \(key.game) AND t.chat_id = \(key.chat) AND t.target = x.target
                      AND (t.is_gone OR t.refused_at IS NOT NULL))
                UNION ALL
                (SELECT t.target, 1 FROM targets t
                 WHERE t.game_id = \(key.game) AND t.chat_id = \(key.chat) AND NOT t.is_gone
                   AND t.target IS DISTINCT FROM \(called) AND (\(mayHaveRefused) OR t.refused_at IS NULL)
                 ORDER BY t.refused_at IS NOT NULL, t.pressed_at DESC, t.target LIMIT 1)
            ) AS o
            WHERE o.target IS NOT NULL
            ORDER BY o.place LIMIT 1
            """
        ).map { row throws(PostgresError) in try row.decode(StoredTarget.self) }
    }
}

/// A delivery as its settlement finds it.
private struct LockedDelivery {
    let key: DeliveryKey
    let bot: BotID
    let state: DeliveryState
    let target: StoredTarget?
    /// The last call, its value unknown.
    let call: DeliveryCall?
    /// Whether Telegram refuses what the bot writes in the chat.
    let isChatClosed: Bool
    /// Whether the message was refused in a way that may pass.
    let isTargetRefused: Bool

    init(_ row: Row) throws(PostgresError) {
        var cells = try row.cells(18)
        key = try DeliveryKey(game: cells.next(), chat: cells.next(), player: cells.next())
        bot = try cells.next()
        state = try DeliveryState(
            desired: cells.next(),
            followsLatest: cells.next(),
            isCorrection: cells.next(),
            known: KnownScore(cells.next(), cells.next()),
            mustRead: cells.next(),
            uncertainUntil: cells.next(),
            attempts: Int(cells.next() as Int32),
            rejections: Int(cells.next() as Int32)
        )
        let target: StoredTarget? = try cells.next()
        let step: DeliveryStep? = try cells.next()
        let calledAt: Instant? = try cells.next()
        isChatClosed = try cells.next()
        isTargetRefused = try cells.next()
        self.target = target
        if let calledAt, let step {
            let isInline = target?.isInline ?? false
            call = DeliveryCall(step: step, value: 0, claimedAt: calledAt, isInline: isInline)
        } else {
            call = nil
        }
    }
}

extension KnownScore {
    /// Reads the columns `known` and `known_value`.
    package init(_ known: String, _ value: Int32?) {
        switch (known, value) {
        case ("exactly", let value): self = .exactly(value)
        case ("at_least", let value?): self = .atLeast(value)
        default: self = .unknown
        }
    }

    /// The columns `known` and `known_value`.
    fileprivate var columns: (String, Int32?) {
        switch self {
        case .unknown: ("unknown", nil)
        case .exactly(let value): ("exactly", value)
        case .atLeast(let value): ("at_least", value)
        }
    }
}
