package import Leaderboards
package import Postgres

/// What all instances share of a bot's calls, as a claim finds it.
package struct BotBudget: Hashable, Sendable {
    /// When calls and messages were recorded to start.
    package let slots: [Instant]
    /// Until when no call starts.
    package let heldUntil: Instant
    /// Whether Telegram refused the bot's token the last time.
    package let isRefused: Bool
}

extension Statement where Value == BotBudget? {
    /// Locks what a bot's instances share, if the one who asks still has the say.
    ///
    /// Nil when another instance has taken over since that lease began.
    package static func deliveryBotLock(_ bot: BotID, leaseNumber: Int64) -> Self {
        Self(
            """
            SELECT slots, held_until, refusal IS NOT NULL FROM delivery_bots
            WHERE bot_id = \(bot) AND lease_number = \(leaseNumber)
            FOR NO KEY UPDATE
            """
        ) { rows throws(PostgresError) in
            try rows.first.map { row throws(PostgresError) in
                var cells = try row.cells(3)
                return try BotBudget(slots: cells.next(), heldUntil: cells.next(), isRefused: cells.next())
            }
        }
    }
}

extension Query {
    /// Records which calls of a bot start: all slots that still matter, those of others included.
    ///
    /// The transaction has locked the bot's row.
    package static func deliveryBotRecordSlots(_ slots: [Instant], of bot: BotID) -> Query {
        "UPDATE delivery_bots SET slots = \(slots) WHERE bot_id = \(bot)"
    }
}

extension Session {
    /// Takes the say over a bot's calls: claims of whoever had it before fail from now on.
    ///
    /// A token that was refused is tried again at once: whoever takes over may have another one.
    ///
    /// - Returns: The number that claims must show.
    package func deliveryBotTakeOver(_ bot: BotID, now: Instant) throws(PostgresError) -> Int64 {
        try execute(.botUpsert(bot, username: nil))
        let row = try first(
            """
            INSERT INTO delivery_bots AS b (bot_id, lease_number) VALUES (\(bot), 1)
            ON CONFLICT (bot_id) DO UPDATE
            SET lease_number = b.lease_number + 1,
                held_until = CASE WHEN b.refusal IS NULL THEN b.held_until ELSE least(b.held_until, \(now)) END
            RETURNING b.lease_number
            """
        )
        guard let row else { throw PostgresError(.decoding, "taking over returned no row") }
        return try row.decode(Int64.self)
    }

    /// Records in the budgets of a chat and of its bot that a call starts now.
    func deliveryChatRecordSlot(_ chat: ChatID, bot: BotID, now: Instant) throws(PostgresError) {
        // In the order in which claims lock them.
        _ = try pipeline([
            """
            INSERT INTO delivery_bots AS b (bot_id, slots) VALUES (\(bot), ARRAY[\(now)::timestamptz])
            ON CONFLICT (bot_id) DO UPDATE
            SET slots = ARRAY(SELECT CASE WHEN s <= \(now + ClockSkew.tolerance) THEN s ELSE \(now) END
                              FROM unnest(b.slots || excluded.slots) AS s WHERE s > \(now + .seconds(-3)))
            """,
            """
            INSERT INTO delivery_chats AS q (bot_id, chat_id, slots) VALUES (\(bot), \(chat), ARRAY[\(now)::timestamptz])
            ON CONFLICT (bot_id, chat_id) DO UPDATE
            SET slots = ARRAY(SELECT CASE WHEN s <= \(now + ClockSkew.tolerance) THEN s ELSE \(now) END
                              FROM unnest(q.slots || excluded.slots) AS s WHERE s > \(now - CallLimits.memory))
            """,
        ])
    }

    /// Keeps a bot, or one of its chats, from being called for as long as Telegram asked.
    package func deliveryChatHold(
        for wait: Duration,
        chat: ChatID,
        bot: BotID,
        now: Instant
    ) throws(PostgresError) {
        let until = now + wait
        _ = try execute(
            """
            UPDATE delivery_chats
            SET held_until = CASE WHEN held_until > \(now + ClockSkew.longTolerance) THEN \(until)
                                  ELSE greatest(held_until, \(until)) END,
                ready_at = CASE WHEN \(until) <= \(now + ClockSkew.tolerance) THEN greatest(ready_at, \(until)) END,
                later_at = CASE WHEN \(until) <= \(now + ClockSkew.tolerance) THEN later_at
                                ELSE greatest(later_at, \(until)) END
            WHERE bot_id = \(bot) AND chat_id = \(chat)
            """
        )
        let row = try first(
            """
            SELECT held_until, warned_chat, warned_until FROM delivery_bots
            WHERE bot_id = \(bot) FOR NO KEY UPDATE
            """
        )
        guard let row else { return }
        let (heldUntil, warnedChat, warnedUntil) = try row.decode(Instant.self, ChatID?.self, Instant?.self)
        var hold = BotHold(heldUntil: heldUntil, warnedChat: warnedChat, warnedUntil: warnedUntil)
        hold.note(wait, from: chat, now: now)
        _ = try execute(
            """
            UPDATE delivery_bots
            SET held_until = \(hold.heldUntil), warned_chat = \(hold.warnedChat),
                warned_until = \(hold.warnedUntil)
            WHERE bot_id = \(bot)
            """
        )
    }

    /// Notes in which words Telegram refuses a bot's token, and until when not even a try is made; nil when it takes the
    /// token again.
    func deliveryBotNoteRefusal(_ refusal: String?, of bot: BotID, now: Instant, until: Instant)
        throws(PostgresError)
    {
        if let refusal {
            _ = try execute(
                """
                UPDATE delivery_bots
                SET refusal = \(refusal), refused_at = coalesce(refused_at, \(now)),
                    held_until = CASE WHEN held_until > \(now + ClockSkew.longTolerance) THEN \(until)
                                      ELSE greatest(held_until, \(until)) END
                WHERE bot_id = \(bot)
                """
            )
        } else {
            _ = try execute(
                """
                UPDATE delivery_bots SET refusal = NULL, refused_at = NULL
                WHERE bot_id = \(bot) AND refusal IS NOT NULL
                """
            )
        }
    }
}
