package import Leaderboards
package import Postgres

/// The next turn of a chat.
package struct ChatTurn: Hashable, Sendable {
    package let chat: ChatID
    /// When a call starts now, if one does.
    package let slot: Instant?
    /// When the chat is free again.
    package let free: Instant
    /// When a closed chat is tried again, should nobody say how the try that starts now ended; nil without one.
    package let retry: Instant?

    package init(chat: ChatID, slot: Instant?, free: Instant, retry: Instant? = nil) {
        self.chat = chat
        self.slot = slot
        self.free = free
        self.retry = retry
    }
}

extension Query {
    /// Gives a turn to chats whose long wait is over, and to those whose turn a wrong clock has put off; they are found by
    /// indexes in which there are no others.
    package static func deliveryChatsPromote(of bot: BotID, limit: Int, now: Instant) -> Query {
        """
        WITH put_off AS (
            SELECT q.chat_id FROM delivery_chats q
            WHERE q.bot_id = \(bot) AND q.ready_at > \(now + ClockSkew.tolerance)
            LIMIT \(Int64(limit)) FOR NO KEY UPDATE SKIP LOCKED
        ), over AS (
            SELECT q.chat_id FROM delivery_chats q
            WHERE q.bot_id = \(bot) AND q.later_at <= \(now)
            ORDER BY q.later_at LIMIT \(Int64(limit)) FOR NO KEY UPDATE SKIP LOCKED
        ), far_off AS (
            SELECT q.chat_id FROM delivery_chats q
            WHERE q.bot_id = \(bot) AND q.later_at > \(now + ClockSkew.longTolerance)
            LIMIT \(Int64(limit)) FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE delivery_chats q SET ready_at = \(now), later_at = NULL
        WHERE q.bot_id = \(bot) AND q.chat_id = ANY (ARRAY(
            SELECT chat_id FROM put_off UNION ALL SELECT chat_id FROM over UNION ALL SELECT chat_id FROM far_off))
        """
    }

    /// Records the slots of chats and when their turn comes again.
    ///
    /// Slots that only a wrong clock can have written are now's from then on, as they were counted.
    ///
    /// A chat keeps its turn although nothing may be left to bring there: what is being written at this moment cannot
    /// be seen yet. The chats were locked by ``Statement/deliveryChatsReady(of:limit:now:)``.
    package static func deliveryChatsRecordTurns(_ turns: [ChatTurn], of bot: BotID, now: Instant) -> Query {
        let horizon = now + ClockSkew.tolerance
        return """
            UPDATE delivery_chats q
            SET free_at = CASE WHEN x.free <= \(horizon) THEN x.free ELSE q.free_at END,
                ready_at = CASE WHEN x.free <= \(horizon) THEN x.free END,
                later_at = CASE WHEN x.free > \(horizon) THEN x.free END,
                retry_at = coalesce(x.retry, q.retry_at),
                slots = ARRAY(SELECT CASE WHEN s <= \(horizon) THEN s ELSE \(now) END
                              FROM unnest(q.slots || x.slot) AS s WHERE s > \(now - CallLimits.memory))
            -- The bot comes with each row, or all of its chats would be compared with each.
            FROM (SELECT \(bot) AS bot_id, t.*
                  FROM unnest(\(turns.map(\.chat)), \(turns.map(\.slot)), \(turns.map(\.free)), \(turns.map(\.retry)))
                           AS t (chat_id, slot, free, retry)
                  OFFSET 0) AS x
            WHERE q.bot_id = x.bot_id AND q.chat_id = x.chat_id
            """
    }

    /// Gives chats in which nothing was due a turn when something will be, or none; locked by
    /// ``Session/deliveryChatsLockIdle(_:of:)`` in a statement before.
    package static func deliveryChatsRest(_ chats: [ChatID], of bot: BotID, now: Instant) -> Query {
        let horizon = now + ClockSkew.tolerance
        let farHorizon = now + ClockSkew.longTolerance
        let due = """
            CASE WHEN d.due_at <= CASE WHEN d.rejections > 0 THEN t.rejected ELSE t.horizon END THEN d.due_at ELSE t.now END
            """
        return """
            UPDATE delivery_chats q
            SET ready_at = CASE WHEN next.due <= \(horizon) THEN next.due END,
                later_at = CASE WHEN next.due > \(horizon) THEN next.due END
            FROM unnest(\(chats)) AS x (chat_id)
            -- The bot comes from the row, or all of its chats would be compared with each.
            CROSS JOIN LATERAL (
                SELECT * FROM delivery_chats p WHERE p.bot_id = \(bot) AND p.chat_id = x.chat_id OFFSET 0
            ) AS o
            CROSS JOIN (SELECT \(now)::timestamptz AS now, \(horizon)::timestamptz AS horizon,
                               \(now + ClockSkew.rejectionTolerance)::timestamptz AS rejected) AS t
            CROSS JOIN LATERAL (
                SELECT CASE WHEN w.due IS NOT NULL THEN
                           greatest(w.due, CASE WHEN o.free_at <= \(horizon) THEN o.free_at END,
                                    CASE WHEN o.held_until <= \(farHorizon) THEN o.held_until END) END AS due
                FROM (
                    -- Where nothing but inline messages is called, all others wait for one and the same time.
                    SELECT CASE WHEN o.retry_at > t.now AND o.retry_at <= \(farHorizon) THEN least(
                               CASE WHEN EXISTS (
                                   SELECT FROM deliveries d
                                   WHERE d.bot_id = o.bot_id AND d.chat_id + 0 = o.chat_id AND d.state = 'pending'
                                     AND d.target LIKE 'message:%' OFFSET 0
                               ) THEN o.retry_at END,
                               (SELECT min(\(unescaped: due)) FROM deliveries d
                                WHERE d.bot_id = o.bot_id AND d.chat_id + 0 = o.chat_id AND d.state = 'pending'
                                  AND d.target LIKE 'inline:%'))
                           ELSE (SELECT min(\(unescaped: due)) FROM deliveries d
                                 WHERE d.bot_id = o.bot_id AND d.chat_id + 0 = o.chat_id AND d.state = 'pending')
                           END AS due
                    -- Worked out once, not wherever it is used.
                    OFFSET 0
                ) AS w
                OFFSET 0
            ) AS next
            WHERE q.bot_id = o.bot_id AND q.chat_id = o.chat_id
            """
    }
}

extension Statement where Value == Instant? {
    /// When the next chat of a bot has its turn; nil when nothing is to be brought anywhere.
    package static func deliveryChatsNextTurn(of bot: BotID) -> Self {
        Self(
            """
            SELECT least((SELECT q.ready_at FROM delivery_chats q
                          WHERE q.bot_id = \(bot) AND q.ready_at IS NOT NULL ORDER BY q.ready_at LIMIT 1),
                         (SELECT q.later_at FROM delivery_chats q
                          WHERE q.bot_id = \(bot) AND q.later_at IS NOT NULL ORDER BY q.later_at LIMIT 1))
            """
        ) { rows throws(PostgresError) in try rows.first?.decode(Instant?.self) ?? nil }
    }
}

extension Session {
    /// Locks chats in which nothing was found to be due, so that nobody makes something due there unseen: those in which
    /// nobody is making something due at this moment.
    package func deliveryChatsLockIdle(_ chats: [ChatID], of bot: BotID) throws(PostgresError) -> [ChatID] {
        try query(
            """
            SELECT q.chat_id FROM delivery_chats q
            WHERE q.bot_id = \(bot) AND q.chat_id = ANY (\(chats))
            FOR UPDATE SKIP LOCKED
            """
        ).decode(ChatID.self)
    }
}
