package import Leaderboards
package import Postgres

extension Session {
    /// Writes down what became of a claimed delivery, if its lease still holds.
    ///
    /// - Parameters:
    ///   - delivery: The claimed row.
    ///   - now: The time.
    ///   - decide: Decides by the value wanted by now, which may have moved on during the call.
    /// - Returns: The decision, or nil when the lease was lost and somebody else has the row.
    /// - Throws: `PostgresError`.
    package func settleDelivery(
        _ delivery: ClaimedDelivery,
        now: Instant,
        _ decide: (_ wanted: Int32?) -> DeliverySettlement
    ) throws(PostgresError) -> DeliverySettlement? {
        let key = delivery.key
        let lease = UUIDBytes(high: delivery.lease.high, low: delivery.lease.low)
        let row = try first(
            """
            SELECT wanted, target FROM deliveries
            WHERE game_id = \(key.game) AND chat_id = \(key.chat) AND player_id = \(key.player) AND lease = \(lease)
            FOR UPDATE
            """
        )
        guard let row else { return nil }
        let (wanted, current) = try row.decode(Int32?.self, StoredTarget?.self)
        let settlement = decide(wanted)
        // A run that ended during the call may have brought its own message along, which then stays.
        var target = current
        let state: String
        var due = now
        switch settlement.next {
        case .done: state = "done"
        case .dead: state = "dead"
        case .pending(let wait):
            state = "pending"
            due = now + wait
        case .anotherTarget:
            target = try fallback(
                for: delivery,
                current: current,
                isChatForbidden: settlement.isChatForbidden
            )
            state = target == nil ? "no_target" : "pending"
        }
        let (known, value) = settlement.known?.columns ?? (nil, nil)
        _ = try execute(
            """
            UPDATE deliveries
            SET state = \(state), due_at = \(due), target = \(target), attempts = \(Int32(settlement.attempts)),
                last_error = \(settlement.error), lease = NULL, lease_until = NULL,
                known_value = CASE WHEN \(known) IS NULL THEN known_value ELSE \(value) END,
                known = coalesce(\(known), known)
            WHERE game_id = \(key.game) AND chat_id = \(key.chat) AND player_id = \(key.player)
            """
        )
        if let hold = settlement.chatHold {
            _ = try execute(
                """
                UPDATE delivery_pace p SET not_before = greatest(p.not_before, \(now + hold))
                FROM deliveries d
                WHERE d.game_id = \(key.game) AND d.chat_id = \(key.chat) AND d.player_id = \(key.player)
                  AND p.bot_id = d.bot_id AND p.chat_id = d.chat_id
                """
            )
        }
        return settlement
    }

    /// Counts the deliveries of a bot by state.
    ///
    /// - Parameter bot: The bot.
    /// - Returns: The number of rows in each state that occurs.
    /// - Throws: `PostgresError`.
    package func deliveryCounts(of bot: BotID) throws(PostgresError) -> [String: Int] {
        let rows = try query("SELECT state, count(*) FROM deliveries WHERE bot_id = \(bot) GROUP BY state")
        var counts: [String: Int] = [:]
        for row in rows {
            let (state, count) = try row.decode(String.self, Int64.self)
            counts[state] = Int(count)
        }
        return counts
    }

    /// The message to go on with when a delivery's own can no longer be written.
    private func fallback(
        for delivery: ClaimedDelivery,
        current: StoredTarget?,
        isChatForbidden: Bool
    ) throws(PostgresError) -> StoredTarget? {
        let key = delivery.key
        guard isChatForbidden else {
            try retireTarget(delivery.target, game: key.game, chat: key.chat)
            if let current, current != delivery.target { return current }
            return try latestTarget(game: key.game, chat: key.chat)
        }
        try updateChat(key.chat, title: nil, isWritable: false)
        // Inline messages belong to the people who sent them and stay writable; without one the row waits with its
        // target for the day the bot may write again.
        let inline = try first(
            """
            SELECT target FROM targets
            WHERE game_id = \(key.game) AND chat_id = \(key.chat) AND NOT is_gone AND target LIKE 'inline:%'
            ORDER BY pressed_at DESC, target LIMIT 1
            """
        )
        return try inline?.decode(StoredTarget.self) ?? current
    }
}

extension KnownScore {
    /// The columns `known` and `known_value`.
    fileprivate var columns: (String, Int32?) {
        switch self {
        case .unknown: ("unknown", nil)
        case .exactly(let value): ("exactly", value)
        case .atLeast(let value): ("at_least", value)
        }
    }
}
