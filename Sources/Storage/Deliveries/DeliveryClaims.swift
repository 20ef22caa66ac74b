package import Leaderboards
package import Postgres

/// A delivery that was claimed, to be called under its lease.
package struct DeliveryClaim: Sendable {
    package let key: DeliveryKey
    package let call: DeliveryCall
    package let target: StoredTarget
    package let lease: Identifier128
    /// Whether the scoreboard in the message is left as it is.
    package let keepsMessage: Bool
    /// Whether Telegram refused the bot's token so far.
    package let isProbe: Bool

    package init(
        key: DeliveryKey,
        call: DeliveryCall,
        target: StoredTarget,
        lease: Identifier128,
        keepsMessage: Bool = false,
        isProbe: Bool = false
    ) {
        self.key = key
        self.call = call
        self.target = target
        self.lease = lease
        self.keepsMessage = keepsMessage
        self.isProbe = isProbe
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
    package fileprivate(set) var first: DeliveryKey?
}

extension DeliveryStep: StoredAs {
    package var stored: String { rawValue }
    package init?(stored: String) { self.init(rawValue: stored) }
}

extension MessageEdits: StoredAs {
    package var stored: String { description }
    package init?(stored: String) { self.init(stored) }
}

extension Query.StringInterpolation {
    /// Whether a delivery `d` is due; a time that only a wrong clock can have written counts as now.
    fileprivate mutating func appendInterpolation(isDueAt now: Instant) {
        appendLiteral("(d.due_at <= ")
        appendInterpolation(now)
        appendLiteral(" OR d.due_at > CASE WHEN d.rejections > 0 THEN ")
        appendInterpolation(now + ClockSkew.rejectionTolerance)
        appendLiteral(" ELSE ")
        appendInterpolation(now + ClockSkew.tolerance)
        appendLiteral(" END)")
    }
}

extension Statement where Value == [ReadyChat] {
    /// Locks the chats whose turn it is, those that have been free the longest first, with what goes first in each:
    /// whoever is among the three highest of a leaderboard, since they are what the message shows, else whoever waits
    /// the longest.
    ///
    /// Its cost does not depend on how many deliveries or chats wait.
    package static func deliveryChatsReady(of bot: BotID, limit: Int, now: Instant) -> Self {
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
                    -- By the boards that Telegram shows; deliveries are the game's.
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
                        -- By the key alone: to a planner who knows of none that wait, walking over those costs nothing.
                        SELECT * FROM deliveries o
                        WHERE o.game_id = coalesce(g.root_id, g.game_id) AND o.chat_id = r.chat_id
                          AND o.player_id = top.player_id OFFSET 0
                    ) AS d
                    WHERE g.bot_id = \(bot) AND g.board = g.telegram_board
                      AND d.state = 'pending' AND (r.takes_messages OR d.target LIKE 'inline:%') AND \(isDueAt: now)
                    UNION ALL
                    (SELECT d.game_id, d.player_id, 4, d.waiting_since FROM deliveries d
                     WHERE r.takes_messages AND d.bot_id = \(bot) AND d.chat_id + 0 = r.chat_id
                       AND d.state = 'pending' AND \(isDueAt: now)
                     ORDER BY d.waiting_since LIMIT 1)
                    UNION ALL
                    (SELECT d.game_id, d.player_id, 4, d.waiting_since FROM deliveries d
                     WHERE NOT r.takes_messages AND d.bot_id = \(bot) AND d.chat_id + 0 = r.chat_id
                       AND d.state = 'pending' AND d.target LIKE 'inline:%' AND \(isDueAt: now)
                     ORDER BY d.waiting_since LIMIT 1)
                ) AS o
                ORDER BY o.place, o.waiting_since LIMIT 1
            ) AS best ON true
            ORDER BY r.ready_at
            """
        ) { rows throws(PostgresError) in
            try rows.map { row throws(PostgresError) in
                var cells = try row.cells(7)
                var ready = try ReadyChat(
                    chat: cells.next(),
                    slots: cells.next(),
                    isPrivate: cells.next(),
                    heldUntil: cells.next(),
                    isClosed: cells.next()
                )
                let (game, player): (GameID?, PlayerID?) = try (cells.next(), cells.next())
                if let game, let player {
                    ready.first = DeliveryKey(game: game, chat: ready.chat, player: player)
                }
                return ready
            }
        }
    }
}

extension Statement where Value == [DeliveryClaim] {
    /// Claims deliveries that are still due and that nobody is changing at this moment, with the newest values; the time
    /// becomes their slot.
    package static func deliveriesClaim(
        _ keys: [DeliveryKey],
        now: Instant,
        lease: Identifier128,
        leaseUntil: Instant,
        isProbe: Bool = false
    ) -> Self {
        let leaseID = UUIDBytes(high: lease.high, low: lease.low)
        return Self(
            """
            WITH chosen AS MATERIALIZED (
                SELECT d.* FROM unnest(\(keys.map(\.game)), \(keys.map(\.chat)), \(keys.map(\.player)))
                         AS x (game_id, chat_id, player_id)
                CROSS JOIN LATERAL (
                    SELECT d.game_id, d.chat_id, d.player_id FROM deliveries d
                    WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.player_id = x.player_id
                      -- Hidden from the indexes of what waits, which would be walked over for each.
                      AND d.state || '' = 'pending' AND \(isDueAt: now)
                    FOR UPDATE SKIP LOCKED
                ) AS d
            )
            UPDATE deliveries d
            SET state = 'sending', lease = \(leaseID), lease_until = \(leaseUntil), last_call_at = \(now),
                last_call = CASE WHEN d.must_read THEN 'read'
                                 WHEN d.is_correction OR \(unescaped: SQL.followsLatest) THEN 'force'
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
                var cells = try row.cells(8)
                let key = try DeliveryKey(game: cells.next(), chat: cells.next(), player: cells.next())
                let (value, target): (Int32, StoredTarget) = try (cells.next(), cells.next())
                let (step, edits): (DeliveryStep, MessageEdits) = try (cells.next(), cells.next())
                let editedAt: Instant? = try cells.next()
                return DeliveryClaim(
                    key: key,
                    call: DeliveryCall(
                        step: step,
                        value: value,
                        claimedAt: now,
                        isInline: target.isInline
                    ),
                    target: target,
                    lease: lease,
                    keepsMessage: edits.isDisabled(lastEdit: editedAt, now: now),
                    isProbe: isProbe
                )
            }
        }
    }
}

extension Query {
    /// Notes that scoreboards are about to be edited, for games that limit how often.
    package static func messageEditsRecord(_ claims: [DeliveryClaim], now: Instant) -> Query {
        let edits = claims.filter { !$0.keepsMessage && $0.call.step != .read }.map(\.key)
        return """
            INSERT INTO message_edits (game_id, chat_id, edited_at)
            SELECT DISTINCT g.game_id, x.chat_id, \(now)
            FROM unnest(\(edits.map(\.game)), \(edits.map(\.chat))) AS x (game_id, chat_id)
            JOIN games g ON g.game_id = x.game_id AND g.edit_message LIKE 'every:%'
            ON CONFLICT (game_id, chat_id) DO UPDATE SET edited_at = excluded.edited_at
            """
    }
}
