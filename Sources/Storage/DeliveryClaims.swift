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
    ///   - key: Which delivery.
    ///   - call: What is to be called.
    ///   - target: Where.
    ///   - lease: Names the claim.
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
    /// What is to be brought there first; nil when nothing is due.
    package let first: DeliveryKey?
}

/// The next turn of a chat.
package struct ChatTurn: Hashable, Sendable {
    package let chat: ChatID
    /// When a call starts now, if one does.
    package let slot: Instant?
    /// When the chat is free again.
    package let free: Instant

    /// Describes a turn.
    ///
    /// - Parameters:
    ///   - chat: The chat.
    ///   - slot: When a call starts now, if one does.
    ///   - free: When the chat is free again.
    package init(chat: ChatID, slot: Instant?, free: Instant) {
        self.chat = chat
        self.slot = slot
        self.free = free
    }
}

extension Statement where Value == [ReadyChat] {
    /// Locks the chats whose turn it is, those that have been free the longest first, with what goes first in each:
    /// whoever is among the three highest of a leaderboard, since they are what the message shows, else whoever waits
    /// the longest.
    ///
    /// - Parameters:
    ///   - bot: The bot.
    ///   - limit: How many chats at most.
    ///   - now: The time.
    /// - Returns: The statement, whose cost does not depend on how many deliveries or chats wait.
    package static func readyChats(of bot: BotID, limit: Int, now: Instant) -> Self {
        Self(
            """
            WITH ready AS MATERIALIZED (
                SELECT q.chat_id, q.ready_at, q.slots FROM delivery_chats q
                WHERE q.bot_id = \(bot) AND q.ready_at <= \(now)
                ORDER BY q.ready_at LIMIT \(Int64(limit))
                FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT r.chat_id, r.slots,
                   EXISTS (SELECT FROM chat_addresses a WHERE a.chat_id = r.chat_id AND a.telegram_chat_id > 0),
                   best.game_id, best.player_id
            FROM ready r
            JOIN chats c ON c.chat_id = r.chat_id
            LEFT JOIN LATERAL (
                SELECT o.game_id, o.player_id
                FROM (
                    SELECT d.game_id, d.player_id, top.place, d.waiting_since
                    FROM games g
                    CROSS JOIN LATERAL (
                        SELECT b.board_id FROM boards b
                        WHERE b.game_id = g.game_id AND coalesce(b.chat_id, 0) = r.chat_id
                          AND b.span = 'all' AND b.label = '' OFFSET 0
                    ) AS b
                    CROSS JOIN LATERAL (
                        SELECT e.player_id, row_number() OVER () AS place FROM (
                            SELECT e.player_id FROM entries e
                            WHERE e.game_id = g.game_id AND e.board_id = b.board_id
                            ORDER BY e.sort_key, e.achieved_at, e.player_id LIMIT 3
                        ) AS e
                    ) AS top
                    CROSS JOIN LATERAL (
                        SELECT d.game_id, d.player_id, d.waiting_since FROM deliveries d
                        WHERE d.game_id = g.game_id AND d.chat_id = r.chat_id AND d.player_id = top.player_id
                          AND d.state = 'pending' AND d.due_at <= \(now)
                          AND (c.is_writable OR d.target LIKE 'inline:%') OFFSET 0
                    ) AS d
                    WHERE g.bot_id = \(bot)
                    UNION ALL
                    (SELECT d.game_id, d.player_id, 4, d.waiting_since FROM deliveries d
                     WHERE c.is_writable AND d.bot_id = \(bot) AND d.chat_id + 0 = r.chat_id AND d.state = 'pending'
                       AND d.due_at <= \(now)
                     ORDER BY d.waiting_since LIMIT 1)
                    UNION ALL
                    (SELECT d.game_id, d.player_id, 4, d.waiting_since FROM deliveries d
                     WHERE NOT c.is_writable AND d.bot_id = \(bot) AND d.chat_id + 0 = r.chat_id
                       AND d.state = 'pending' AND d.target LIKE 'inline:%' AND d.due_at <= \(now)
                     ORDER BY d.waiting_since LIMIT 1)
                ) AS o
                ORDER BY o.place, o.waiting_since LIMIT 1
            ) AS best ON true
            ORDER BY r.ready_at
            """
        ) { rows throws(PostgresError) in
            try rows.map { row throws(PostgresError) in
                let (chat, slots, isPrivate, game, player) = try row.decode(
                    ChatID.self,
                    [Instant].self,
                    Bool.self,
                    GameID?.self,
                    PlayerID?.self
                )
                var first: DeliveryKey?
                if let game, let player { first = DeliveryKey(game: game, chat: chat, player: player) }
                return ReadyChat(chat: chat, slots: slots, isPrivate: isPrivate, first: first)
            }
        }
    }
}

extension Statement where Value == [ClaimedDelivery] {
    /// Claims deliveries that are still due and that nobody is changing at this moment.
    ///
    /// - Parameters:
    ///   - keys: Which.
    ///   - now: The time, which becomes their slot.
    ///   - lease: Names the claim.
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
                WHERE d.state = 'pending' AND d.due_at <= \(now)
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
            RETURNING d.game_id, d.chat_id, d.player_id, coalesce(d.wanted, 0), d.target, d.last_call,
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
                    call: DeliveryCall(step: step, value: value, claimedAt: now),
                    target: target,
                    lease: lease,
                    keepsMessage: edits.isDisabled(lastEdit: editedAt, now: now)
                )
            }
        }
    }
}

extension Query {
    /// Records the slots of chats and when their turn comes again.
    ///
    /// A chat keeps its turn although nothing may be left to bring there: what is being written at this moment cannot
    /// be seen yet.
    ///
    /// - Parameters:
    ///   - turns: The chats, locked by ``Statement/readyChats(of:limit:now:)``.
    ///   - bot: The bot.
    /// - Returns: The statement.
    package static func recordTurns(_ turns: [ChatTurn], of bot: BotID) -> Query {
        """
        UPDATE delivery_chats q
        SET free_at = x.free, ready_at = x.free,
            slots = CASE WHEN x.slot IS NULL THEN q.slots
                         ELSE ARRAY(SELECT s FROM unnest(q.slots || x.slot) AS s
                                    WHERE s > x.slot - interval '61 seconds') END
        FROM unnest(\(turns.map(\.chat)), \(turns.map(\.slot)), \(turns.map(\.free))) AS x (chat_id, slot, free)
        WHERE q.bot_id = \(bot) AND q.chat_id = x.chat_id
        """
    }

    /// Notes when scoreboards were edited, for games that limit how often.
    ///
    /// - Parameters:
    ///   - deliveries: What is about to be sent.
    ///   - now: The time.
    /// - Returns: The statement.
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

    /// Gives chats in which nothing was due a turn when something will be, or none.
    ///
    /// - Parameters:
    ///   - chats: The chats, locked by ``Session/lockIdleChats(_:of:)`` in a statement before.
    ///   - bot: The bot.
    /// - Returns: The statement.
    package static func restTurns(_ chats: [ChatID], of bot: BotID) -> Query {
        """
        UPDATE delivery_chats q
        SET ready_at = CASE WHEN c.is_writable THEN (
                SELECT greatest(q.free_at, min(d.due_at)) FROM deliveries d
                WHERE d.bot_id = q.bot_id AND d.chat_id + 0 = q.chat_id AND d.state = 'pending'
                HAVING min(d.due_at) IS NOT NULL)
            ELSE (
                SELECT greatest(q.free_at, min(d.due_at)) FROM deliveries d
                WHERE d.bot_id = q.bot_id AND d.chat_id + 0 = q.chat_id AND d.state = 'pending'
                  AND d.target LIKE 'inline:%'
                HAVING min(d.due_at) IS NOT NULL)
            END
        FROM chats c
        WHERE q.bot_id = \(bot) AND q.chat_id = ANY (\(chats)) AND c.chat_id = q.chat_id
        """
    }
}

extension Statement where Value == Instant? {
    /// When the next chat of a bot has its turn.
    ///
    /// - Parameter bot: The bot.
    /// - Returns: The statement; its value is nil when nothing is to be brought anywhere.
    package static func nextTurn(of bot: BotID) -> Self {
        Self(
            """
            SELECT q.ready_at FROM delivery_chats q
            WHERE q.bot_id = \(bot) AND q.ready_at IS NOT NULL
            ORDER BY q.ready_at LIMIT 1
            """
        ) { rows throws(PostgresError) in try rows.first?.decode(Instant.self) }
    }
}

extension Session {
    /// Locks chats in which nothing was found to be due, so that nobody makes something due there unseen.
    ///
    /// - Parameters:
    ///   - chats: The chats.
    ///   - bot: The bot.
    /// - Returns: Those in which nobody is making something due at this moment.
    /// - Throws: `PostgresError`.
    package func lockIdleChats(_ chats: [ChatID], of bot: BotID) throws(PostgresError) -> [ChatID] {
        try query(
            """
            SELECT q.chat_id FROM delivery_chats q
            WHERE q.bot_id = \(bot) AND q.chat_id = ANY (\(chats))
            FOR UPDATE SKIP LOCKED
            """
        ).decode(ChatID.self)
    }
}
