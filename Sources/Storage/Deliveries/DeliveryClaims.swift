package import Leaderboards
package import Postgres

/// A delivery that was claimed, to be carried out under its lease.
package struct ClaimedDelivery: Sendable {
    package let key: DeliveryKey
    package let call: DeliveryCall
    package let target: StoredTarget
    package let lease: Identifier128
    /// Whether the scoreboard in the message is left as it is.
    package let keepsMessage: Bool

    /// Describes a claim.
    ///
    /// - Parameters:
    ///   - call: What is to be called.
    ///   - keepsMessage: Whether the scoreboard in the message is left as it is.
    package init(
        key: DeliveryKey,
        call: DeliveryCall,
        target: StoredTarget,
        lease: Identifier128,
        keepsMessage: Bool = false
    ) {
        self.key = key
        self.call = call
        self.target = target
        self.lease = lease
        self.keepsMessage = keepsMessage
    }
}

/// A chat whose turn it is.
package struct ReadyChat: Sendable {
    package let chat: ChatID
    /// When calls and messages were recorded to start there.
    package let slots: [Instant]
    /// Whether it is a person's chat with the bot.
    package let isPrivate: Bool
    /// Until when Telegram wants it to be left alone.
    package let heldUntil: Instant
    /// Whether Telegram refuses what the bot writes there, so that a call about a message there is a try.
    package let isClosed: Bool
    /// What is to be brought there first; nil when nothing is due.
    package let first: DeliveryKey?
}

extension Statement where Value == [ReadyChat] {
    /// Locks the chats whose turn it is, those that have been free the longest first, with what goes first in each:
    /// whoever is among the three highest of a leaderboard, since they are what the message shows, else whoever waits
    /// the longest.
    ///
    /// - Parameter limit: How many chats at most.
    /// - Returns: The statement, whose cost does not depend on how many deliveries or chats wait.
    package static func readyChats(of bot: BotID, limit: Int, now: Instant) -> Self {
        Self(
            """
            WITH ready AS MATERIALIZED (
                SELECT q.chat_id, q.ready_at, q.slots, q.held_until, q.closed_at IS NOT NULL AS is_closed,
                       q.closed_at IS NULL OR q.retry_at <= \(now) OR q.retry_at > \(now + ClockSkew.longTolerance)
                           AS takes_messages
                FROM delivery_chats q
                WHERE q.bot_id = \(bot) AND q.ready_at <= \(now)
                ORDER BY q.ready_at LIMIT \(Int64(limit))
                FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT r.chat_id, r.slots,
                   EXISTS (SELECT FROM chat_addresses a WHERE a.chat_id = r.chat_id AND a.telegram_chat_id > 0),
                   r.held_until, r.is_closed, best.game_id, best.player_id
            FROM ready r
            LEFT JOIN LATERAL (
                SELECT o.game_id, o.player_id
                FROM (
                    SELECT d.game_id, d.player_id, top.place, d.waiting_since
                    FROM games g
                    CROSS JOIN LATERAL (
                        SELECT b.board_id FROM boards b
                        WHERE b.game_id = g.game_id AND coalesce(b.chat_id, 0) = r.chat_id
                          AND b.window_kind = 'all' AND b.label = '' OFFSET 0
                    ) AS b
                    CROSS JOIN LATERAL (
                        SELECT e.player_id, row_number() OVER () AS place FROM (
                            SELECT e.player_id FROM entries e
                            WHERE e.game_id = g.game_id AND e.board_id = b.board_id
                            ORDER BY e.score_key, e.achieved_at, e.player_id LIMIT 3
                        ) AS e
                    ) AS top
                    CROSS JOIN LATERAL (
                        SELECT d.game_id, d.player_id, d.waiting_since FROM deliveries d
                        WHERE d.game_id = g.game_id AND d.chat_id = r.chat_id AND d.player_id = top.player_id
                          AND d.state = 'pending' AND (r.takes_messages OR d.target LIKE 'inline:%')
                          AND (d.due_at <= \(now) OR d.due_at > CASE WHEN d.rejections > 0
                               THEN \(now + ClockSkew.rejectionTolerance) ELSE \(now + ClockSkew.tolerance) END) OFFSET 0
                    ) AS d
                    WHERE g.bot_id = \(bot)
                    UNION ALL
                    (SELECT d.game_id, d.player_id, 4, d.waiting_since FROM deliveries d
                     WHERE r.takes_messages AND d.bot_id = \(bot) AND d.chat_id + 0 = r.chat_id
                       AND d.state = 'pending'
                       AND (d.due_at <= \(now) OR d.due_at > CASE WHEN d.rejections > 0
                               THEN \(now + ClockSkew.rejectionTolerance) ELSE \(now + ClockSkew.tolerance) END)
                     ORDER BY d.waiting_since LIMIT 1)
                    UNION ALL
                    (SELECT d.game_id, d.player_id, 4, d.waiting_since FROM deliveries d
                     WHERE NOT r.takes_messages AND d.bot_id = \(bot) AND d.chat_id + 0 = r.chat_id
                       AND d.state = 'pending' AND d.target LIKE 'inline:%'
                       AND (d.due_at <= \(now) OR d.due_at > CASE WHEN d.rejections > 0
                               THEN \(now + ClockSkew.rejectionTolerance) ELSE \(now + ClockSkew.tolerance) END)
                     ORDER BY d.waiting_since LIMIT 1)
                ) AS o
                ORDER BY o.place, o.waiting_since LIMIT 1
            ) AS best ON true
            ORDER BY r.ready_at
            """
        ) { rows throws(PostgresError) in
            try rows.map { row throws(PostgresError) in
                let (chat, slots, isPrivate, heldUntil, isClosed, game, player) = try row.decode(
                    ChatID.self,
                    [Instant].self,
                    Bool.self,
                    Instant.self,
                    Bool.self,
                    GameID?.self,
                    PlayerID?.self
                )
                var first: DeliveryKey?
                if let game, let player { first = DeliveryKey(game: game, chat: chat, player: player) }
                return ReadyChat(
                    chat: chat,
                    slots: slots,
                    isPrivate: isPrivate,
                    heldUntil: heldUntil,
                    isClosed: isClosed,
                    first: first
                )
            }
        }
    }
}

extension Statement where Value == [ClaimedDelivery] {
    /// Claims deliveries that are still due and that nobody is changing at this moment.
    ///
    /// - Parameters:
    ///   - now: The time, which becomes their slot.
    ///   - leaseUntil: When others may take the rows over.
    /// - Returns: The statement; its value is what was claimed, with the newest values.
    package static func claim(
        _ keys: [DeliveryKey],
        now: Instant,
        lease: Identifier128,
        leaseUntil: Instant
    ) -> Self {
        let leaseID = UUIDBytes(high: lease.high, low: lease.low)
        return Self(
            """
            WITH chosen AS MATERIALIZED (
                SELECT d.game_id, d.chat_id, d.player_id
                FROM unnest(\(keys.map(\.game)), \(keys.map(\.chat)), \(keys.map(\.player)))
                         AS x (game_id, chat_id, player_id)
                JOIN deliveries d ON d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.player_id = x.player_id
                WHERE d.state = 'pending'
                  AND (d.due_at <= \(now) OR d.due_at > CASE WHEN d.rejections > 0
                               THEN \(now + ClockSkew.rejectionTolerance) ELSE \(now + ClockSkew.tolerance) END)
                FOR UPDATE OF d SKIP LOCKED
            )
            UPDATE deliveries d
            SET state = 'sending', lease = \(leaseID), lease_until = \(leaseUntil), last_call_at = \(now),
                last_call = CASE WHEN d.must_read THEN 'read'
                                 WHEN d.is_correction OR g.keep = 'latest' THEN 'force'
                                 ELSE 'score' END
            FROM chosen x
            JOIN games g ON g.game_id = x.game_id
            LEFT JOIN message_edits m
                   ON g.edit_message LIKE 'every:%' AND m.game_id = x.game_id AND m.chat_id = x.chat_id
            WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.player_id = x.player_id
            RETURNING d.game_id, d.chat_id, d.player_id, coalesce(d.desired_score, 0), d.target, d.last_call,
                      g.edit_message, m.edited_at
            """
        ) { rows throws(PostgresError) in
            try rows.map { row throws(PostgresError) in
                let (game, chat, player, value, target, step, edits, editedAt) = try row.decode(
                    GameID.self,
                    ChatID.self,
                    PlayerID.self,
                    Int32.self,
                    StoredTarget.self,
                    String.self,
                    String.self,
                    Instant?.self
                )
                guard let step = DeliveryStep(rawValue: step), let edits = MessageEdits(edits) else {
                    throw PostgresError(.decoding, "a delivery is to be made in a way not known here")
                }
                return ClaimedDelivery(
                    key: DeliveryKey(game: game, chat: chat, player: player),
                    call: DeliveryCall(
                        step: step,
                        value: value,
                        claimedAt: now,
                        isInline: target.isInline
                    ),
                    target: target,
                    lease: lease,
                    keepsMessage: edits.isDisabled(lastEdit: editedAt, now: now)
                )
            }
        }
    }
}

extension Query {
    /// Notes when scoreboards were edited, for games that limit how often.
    ///
    /// - Parameter deliveries: What is about to be sent.
    package static func noteEdits(_ deliveries: [ClaimedDelivery], now: Instant) -> Query {
        let edits = deliveries.filter { !$0.keepsMessage && $0.call.step != .read }.map(\.key)
        return """
            INSERT INTO message_edits (game_id, chat_id, edited_at)
            SELECT DISTINCT g.game_id, x.chat_id, \(now)
            FROM unnest(\(edits.map(\.game)), \(edits.map(\.chat))) AS x (game_id, chat_id)
            JOIN games g ON g.game_id = x.game_id AND g.edit_message LIKE 'every:%'
            ON CONFLICT (game_id, chat_id) DO UPDATE SET edited_at = excluded.edited_at
            """
    }
}
