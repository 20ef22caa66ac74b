package import Leaderboards
package import Postgres

/// What Telegram's table is to hold after a batch of submissions.
package struct DeliveryWish: Sendable {
    package let chat: ChatID
    package let player: PlayerID
    /// Nil is absent.
    package let wanted: Int32?
    /// The target of the launch behind the value; nil where it had none.
    package let target: StoredTarget?

    /// Describes a wish.
    ///
    /// - Parameters:
    ///   - chat: The chat.
    ///   - player: The player.
    ///   - wanted: What Telegram is to hold; nil is absent.
    ///   - target: Where the launch came from.
    package init(chat: ChatID, player: PlayerID, wanted: Int32?, target: StoredTarget?) {
        self.chat = chat
        self.player = player
        self.wanted = wanted
        self.target = target
    }
}

/// The key of a delivery.
package struct DeliveryKey: Hashable, Sendable {
    package let game: GameID
    package let chat: ChatID
    package let player: PlayerID

    /// Names a delivery.
    ///
    /// - Parameters:
    ///   - game: The game.
    ///   - chat: The chat.
    ///   - player: The player.
    package init(game: GameID, chat: ChatID, player: PlayerID) {
        self.game = game
        self.chat = chat
        self.player = player
    }
}

/// A delivery that was claimed, to be carried out under its lease.
package struct ClaimedDelivery: Sendable {
    package let key: DeliveryKey
    /// The value to send; 0 takes the player off the table.
    package let wanted: Int32
    package let target: StoredTarget
    package let lease: Identifier128
    /// How many tries failed before this one.
    package let attempts: Int
    /// Whether the game's table follows the latest run, which may be lower than what Telegram holds.
    package let isForced: Bool

    /// Describes a claim.
    ///
    /// - Parameters:
    ///   - key: Which delivery.
    ///   - wanted: What Telegram is to hold.
    ///   - target: Where.
    ///   - lease: Names the claim.
    ///   - attempts: How many tries failed before.
    ///   - isForced: Whether the value may be lower than what Telegram holds.
    package init(
        key: DeliveryKey,
        wanted: Int32,
        target: StoredTarget,
        lease: Identifier128,
        attempts: Int,
        isForced: Bool
    ) {
        self.key = key
        self.wanted = wanted
        self.target = target
        self.lease = lease
        self.attempts = attempts
        self.isForced = isForced
    }
}

extension Query {
    /// Writes what Telegram is to hold, in the transaction that changed the entries.
    ///
    /// Only the newest value counts: a row that waits, failed or was given up is due at once with the new value. One
    /// whose call is under way stays leased; settling it sees that the value moved on.
    ///
    /// - Parameters:
    ///   - wishes: Each (chat, player) at most once.
    ///   - game: The game.
    ///   - now: The time.
    /// - Returns: The statement.
    package static func wantDeliveries(_ wishes: [DeliveryWish], game: Game, now: Instant) -> Query {
        let sorted = wishes.sorted { ($0.chat, $0.player) < ($1.chat, $1.player) }
        let isForced = game.rules.keep == .latest
        return """
            INSERT INTO deliveries AS d (game_id, chat_id, player_id, bot_id, wanted, wanted_at, target, state, due_at)
            SELECT \(game.id), x.chat_id, x.player_id, \(game.bot), x.wanted, \(now), place.target,
                   CASE WHEN x.wanted IS NULL THEN 'done'
                        WHEN place.target IS NULL THEN 'no_target'
                        ELSE 'pending' END,
                   \(now)
            FROM unnest(\(sorted.map(\.chat)), \(sorted.map(\.player)), \(sorted.map(\.wanted)),
                        \(sorted.map(\.target))) WITH ORDINALITY
                     AS x (chat_id, player_id, wanted, target, position)
            -- The launch's own message, unless it is known to be gone; else the one pressed last in the chat.
            CROSS JOIN LATERAL (
                SELECT coalesce(
                    (SELECT x.target WHERE x.target IS NOT NULL AND NOT EXISTS (
                        SELECT FROM targets t
                        WHERE t.game_id = \(game.id) AND t.chat_id = x.chat_id AND t.target = x.target AND t.is_gone)),
                    (SELECT t.target FROM targets t
                     WHERE t.game_id = \(game.id) AND t.chat_id = x.chat_id AND NOT t.is_gone
                     ORDER BY t.pressed_at DESC, t.target LIMIT 1)) AS target
            ) AS place
            ORDER BY x.position
            ON CONFLICT (game_id, chat_id, player_id) DO UPDATE
            SET wanted = excluded.wanted,
                wanted_at = excluded.wanted_at,
                target = coalesce(excluded.target, d.target),
                attempts = 0,
                due_at = excluded.due_at,
                last_error = NULL,
                state = CASE
                    WHEN d.state = 'sending' THEN 'sending'
                    -- What Telegram holds already is not sent again; only a forced call could lower it.
                    WHEN \(isForced) AND d.known = 'exactly' AND d.known_value IS NOT DISTINCT FROM excluded.wanted
                        THEN 'done'
                    WHEN NOT \(isForced) AND (excluded.wanted IS NULL OR d.known_value >= excluded.wanted) THEN 'done'
                    WHEN coalesce(excluded.target, d.target) IS NULL THEN 'no_target'
                    WHEN excluded.target IS NULL AND d.state = 'dead' THEN 'no_target'
                    ELSE 'pending' END
            """
    }
}

extension Session {
    /// Writes what Telegram is to hold, in the transaction that changed the entries.
    ///
    /// - Parameters:
    ///   - wishes: Each (chat, player) at most once.
    ///   - game: The game.
    ///   - now: The time.
    /// - Throws: `PostgresError`.
    package func wantDeliveries(_ wishes: [DeliveryWish], game: Game, now: Instant) throws(PostgresError) {
        _ = try execute(.wantDeliveries(wishes, game: game, now: now))
    }

    /// Claims deliveries that are due: at most one of a chat, and none of a chat that was called just now.
    ///
    /// The chat's next slot is written in the same statement, so no two instances call one chat at once. The caller
    /// commits before it calls.
    ///
    /// - Parameters:
    ///   - bot: Whose deliveries.
    ///   - limit: How many at most.
    ///   - now: The time.
    ///   - pause: How long a chat is left alone after a call.
    ///   - lease: Names this claim.
    ///   - leaseUntil: When others may take the rows over.
    /// - Returns: The claimed rows.
    /// - Throws: `PostgresError`.
    package func claimDeliveries(
        of bot: BotID,
        limit: Int,
        now: Instant,
        pause: Duration,
        lease: Identifier128,
        leaseUntil: Instant
    ) throws(PostgresError) -> [ClaimedDelivery] {
        let leaseID = UUIDBytes(high: lease.high, low: lease.low)
        return try query(
            """
            WITH due AS (
                SELECT DISTINCT ON (w.chat_id) w.* FROM (
                    SELECT d.game_id, d.chat_id, d.player_id, d.due_at
                    FROM deliveries d
                    JOIN chats c ON c.chat_id = d.chat_id AND (c.is_writable OR d.target LIKE 'inline:%')
                    LEFT JOIN delivery_pace p ON p.bot_id = d.bot_id AND p.chat_id = d.chat_id
                    WHERE d.bot_id = \(bot) AND d.state = 'pending' AND d.due_at <= \(now)
                      AND (p.not_before IS NULL OR p.not_before <= \(now))
                    -- A long queue is not sorted whole for a few calls; a chat that fills these gives way when called.
                    ORDER BY d.due_at LIMIT 256
                ) AS w
                ORDER BY w.chat_id, w.due_at, w.player_id
            ), chosen AS (
                SELECT game_id, chat_id, player_id FROM due ORDER BY due_at LIMIT \(limit)
            ), slots AS (
                -- The condition is checked again under the row's lock: of two instances only one gets the slot.
                INSERT INTO delivery_pace AS p (bot_id, chat_id, not_before)
                SELECT \(bot), chat_id, \(now + pause) FROM chosen ORDER BY chat_id
                ON CONFLICT (bot_id, chat_id) DO UPDATE SET not_before = excluded.not_before
                WHERE p.not_before <= \(now)
                RETURNING chat_id
            )
            UPDATE deliveries d
            SET state = 'sending', lease = \(leaseID), lease_until = \(leaseUntil)
            FROM chosen x
            JOIN slots USING (chat_id)
            JOIN games g ON g.game_id = x.game_id
            WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.player_id = x.player_id
              AND d.state = 'pending'
            RETURNING d.game_id, d.chat_id, d.player_id, coalesce(d.wanted, 0), d.target, d.attempts,
                      g.keep = 'latest'
            """
        ).map { row throws(PostgresError) in
            let (game, chat, player, wanted, target, attempts, isForced) = try row.decode(
                GameID.self,
                ChatID.self,
                PlayerID.self,
                Int32.self,
                StoredTarget.self,
                Int32.self,
                Bool.self
            )
            return ClaimedDelivery(
                key: DeliveryKey(game: game, chat: chat, player: player),
                wanted: wanted,
                target: target,
                lease: lease,
                attempts: Int(attempts),
                isForced: isForced
            )
        }
    }

    /// Returns rows whose lease ran out: whoever held them is gone, and repeating an ordinary call is harmless.
    ///
    /// - Parameters:
    ///   - bot: Whose deliveries.
    ///   - now: The time.
    /// - Returns: How many were returned.
    /// - Throws: `PostgresError`.
    package func returnExpiredLeases(of bot: BotID, now: Instant) throws(PostgresError) -> Int {
        try execute(
            """
            UPDATE deliveries d
            -- What became absent during an ordinary call leaves that call nothing to repeat.
            SET state = CASE WHEN d.wanted IS NULL AND g.keep <> 'latest' THEN 'done' ELSE 'pending' END,
                lease = NULL, lease_until = NULL, due_at = \(now)
            FROM games g
            WHERE d.state = 'sending' AND d.lease_until < \(now) AND d.bot_id = \(bot) AND g.game_id = d.game_id
            """
        )
    }

    /// When the next delivery of a bot is due.
    ///
    /// - Parameter bot: The bot.
    /// - Returns: The earliest time at which a claim may find something; nil when nothing waits.
    /// - Throws: `PostgresError`.
    package func nextDelivery(of bot: BotID) throws(PostgresError) -> Instant? {
        let row = try first(
            """
            SELECT least(
                (SELECT min(greatest(d.due_at, coalesce(p.not_before, d.due_at)))
                 FROM deliveries d
                 JOIN chats c ON c.chat_id = d.chat_id AND (c.is_writable OR d.target LIKE 'inline:%')
                 LEFT JOIN delivery_pace p ON p.bot_id = d.bot_id AND p.chat_id = d.chat_id
                 WHERE d.bot_id = \(bot) AND d.state = 'pending'),
                (SELECT min(lease_until) FROM deliveries WHERE bot_id = \(bot) AND state = 'sending'))
            """
        )
        guard let row else { return nil }
        return try row.decode(Instant?.self)
    }

    /// Gives deliveries of a chat whose target is gone the message pressed last, or lets them wait for one.
    ///
    /// - Parameter chat: The chat.
    /// - Throws: `PostgresError`.
    package func retargetDeliveries(of chat: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            UPDATE deliveries d
            SET target = place.target,
                state = CASE WHEN place.target IS NULL THEN 'no_target' ELSE 'pending' END
            FROM deliveries o
            JOIN targets gone ON gone.game_id = o.game_id AND gone.chat_id = o.chat_id
                             AND gone.target = o.target AND gone.is_gone
            LEFT JOIN LATERAL (
                SELECT t.target FROM targets t
                WHERE t.game_id = o.game_id AND t.chat_id = o.chat_id AND NOT t.is_gone
                ORDER BY t.pressed_at DESC, t.target LIMIT 1
            ) AS place ON true
            WHERE o.chat_id = \(chat) AND o.state = 'pending'
              AND d.game_id = o.game_id AND d.chat_id = o.chat_id AND d.player_id = o.player_id
            """
        )
    }

    /// Lets all that a chat's table was to hold be delivered anew, since the chat has another table now.
    ///
    /// - Parameter chat: The chat.
    /// - Throws: `PostgresError`.
    package func redeliverAll(of chat: ChatID) throws(PostgresError) {
        _ = try execute(
            """
            UPDATE deliveries
            SET known = 'unknown', known_value = NULL,
                state = CASE WHEN state <> 'done' OR wanted IS NULL THEN state
                             WHEN target IS NULL THEN 'no_target'
                             ELSE 'pending' END
            WHERE chat_id = \(chat)
            """
        )
    }
}
