package import Leaderboards
package import Postgres

/// One of Telegram's tables: of a game in a chat.
package struct TableKey: Hashable, Sendable, Comparable {
    package let game: GameID
    package let chat: ChatID

    package init(game: GameID, chat: ChatID) {
        self.game = game
        self.chat = chat
    }

    package static func < (left: TableKey, right: TableKey) -> Bool {
        (left.game, left.chat) < (right.game, right.chat)
    }
}

/// One of Telegram's tables as we know it.
package struct KnownTable: Sendable {
    /// The messages by which it can be read, the one pressed last first.
    package let targets: [StoredTarget]
    /// What is to stand in it, the highest first.
    package let scores: [ExpectedScore]
    /// A `chat_instance` of the chat; nil where none is known.
    package let chatInstance: ChatInstance?
}

/// What is to stand in Telegram's table for a player, and how far it is from there.
package struct ExpectedScore: Hashable, Sendable {
    package let player: PlayerID
    /// How far the delivery is.
    package enum Progress: Hashable, Sendable {
        /// Telegram holds it, as far as is known.
        case settled
        /// It is under way or will be, be it only after a press has shown a message.
        case onItsWay
        /// Telegram refused it or an operator dropped it; the reason is on record.
        case givenUp
    }

    /// The value; nil is absent.
    package let desired: Int32?
    package let progress: Progress
    /// When Telegram was last called for it; tells two readings of the row apart.
    package let lastCallAt: Instant?

    package init(
        player: PlayerID,
        desired: Int32?,
        progress: Progress = .settled,
        lastCallAt: Instant? = nil
    ) {
        self.player = player
        self.desired = desired
        self.progress = progress
        self.lastCallAt = lastCallAt
    }
}

/// A difference that is to be put right.
package struct TableRepair: Sendable {
    /// The player with what was to stand there when the difference was found; nil where nothing was known.
    package let player: PlayerID
    package let expected: ExpectedScore?
    /// What Telegram holds; nil is absent.
    package let held: Int32?
    package let isForced: Bool

    package init(player: PlayerID, expected: ExpectedScore?, held: Int32?, isForced: Bool) {
        self.player = player
        self.expected = expected
        self.held = held
        self.isForced = isForced
    }
}

extension Session {
    /// Lists tables of which something is known, in their order, from behind one on.
    package func knownTables(
        of games: [GameID],
        chat: ChatID?,
        after: TableKey?,
        limit: Int
    ) throws(PostgresError) -> [TableKey] {
        let (afterGame, afterChat) = (after?.game.rawValue ?? 0, after?.chat.rawValue ?? 0)
        return try query(
            """
            SELECT DISTINCT d.game_id, d.chat_id FROM deliveries d
            WHERE d.game_id = ANY (\(games)) AND (d.game_id, d.chat_id) > (\(afterGame), \(afterChat))
              \(and: "d.chat_id =", chat)
            ORDER BY d.game_id, d.chat_id LIMIT \(Int64(limit))
            """
        ).decode(GameID.self, ChatID.self).map { TableKey(game: $0, chat: $1) }
    }

    /// Draws players whose score Telegram knows of, or should.
    package func deliveriesDraw(
        _ count: Int,
        of games: [GameID],
        chat: ChatID?
    ) throws(PostgresError) -> [TableKey: [PlayerID]] {
        let rows = try query(
            """
            SELECT d.game_id, d.chat_id, d.player_id FROM deliveries d
            WHERE d.game_id = ANY (\(games)) \(and: "d.chat_id =", chat)
            ORDER BY random() LIMIT \(Int64(count))
            """
        ).decode(GameID.self, ChatID.self, PlayerID.self)
        return Dictionary(grouping: rows) { TableKey(game: $0.0, chat: $0.1) }.mapValues { $0.map(\.2) }
    }

    /// Reads what is known of a table: its rows, and the messages by which it can be read now.
    package func knownTable(_ key: TableKey) throws(PostgresError) -> KnownTable {
        let results = try pipeline([
            """
            SELECT t.target FROM targets t
            WHERE t.game_id = \(key.game) AND t.chat_id = \(key.chat) AND NOT t.is_gone
              AND (t.target LIKE 'inline:%' OR NOT EXISTS (
                  SELECT FROM delivery_chats q WHERE q.chat_id = \(key.chat) AND q.closed_at IS NOT NULL))
            ORDER BY t.pressed_at DESC, t.target LIMIT 5
            """,
            """
            SELECT d.player_id, d.desired_score, d.state, d.last_call_at FROM deliveries d
            WHERE d.game_id = \(key.game) AND d.chat_id = \(key.chat)
            ORDER BY d.desired_score DESC NULLS LAST, d.player_id
            """,
            "SELECT min(chat_instance) FROM chat_instances WHERE chat_id = \(key.chat)",
        ])
        return KnownTable(
            targets: try results[0].decode(StoredTarget.self),
            scores: try results[1].decode(PlayerID.self, Int32?.self, String.self, Instant?.self).map {
                ExpectedScore(player: $0, desired: $1, progress: .init(state: $2), lastCallAt: $3)
            },
            chatInstance: try results[2].decode(ChatInstance?.self).first ?? nil
        )
    }

    /// Has differences put right: what is known to be held is noted, and the deliveries are due again.
    ///
    /// Nothing is done where a delivery has changed since the difference was found, or since the table was read by the
    /// target. Each player comes at most once; those whose deliveries are due again are told.
    package func deliveriesRepair(
        _ repairs: [TableRepair],
        of key: TableKey,
        bot: BotID,
        target: StoredTarget,
        now: Instant
    ) throws(PostgresError) -> [PlayerID] {
        let players = repairs.map(\.player)
        let repaired = try query(
            """
            INSERT INTO deliveries AS d (game_id, chat_id, player_id, bot_id, desired_score, desired_at, waiting_since, known,
                                         known_value, target, is_correction, state, due_at)
            SELECT \(key.game), \(key.chat), x.player_id, \(bot), x.desired_score, \(now), \(now), 'exactly', x.held,
                   \(target), true, 'pending', \(now)
            FROM unnest(\(players), \(repairs.map { $0.expected?.desired }),
                        \(repairs.map { $0.expected?.lastCallAt }), \(repairs.map(\.held)),
                        \(repairs.map(\.isForced)), \(repairs.map { $0.expected != nil }))
                     AS x (player_id, desired_score, last_call_at, held, is_forced, is_known)
            -- Whoever was not known then is taken off, if nothing has become known since.
            WHERE NOT x.is_known
            ON CONFLICT (game_id, chat_id, player_id) DO NOTHING
            RETURNING d.player_id
            """
        ).decode(PlayerID.self)
        let updated = try query(
            """
            UPDATE deliveries d
            SET known = 'exactly', known_value = x.held, must_read = false, attempts = 0, rejections = 0, last_error = NULL,
                is_correction = d.is_correction OR x.is_forced, target = \(target), state = 'pending',
                waiting_since = \(now),
                -- A call whose outcome is not known may still change what was read.
                due_at = greatest(\(now), d.uncertain_until)
            FROM unnest(\(players), \(repairs.map { $0.expected?.desired }),
                        \(repairs.map { $0.expected?.lastCallAt }), \(repairs.map(\.held)),
                        \(repairs.map(\.isForced)), \(repairs.map { $0.expected != nil }))
                     AS x (player_id, desired_score, last_call_at, held, is_forced, is_known)
            WHERE x.is_known AND d.game_id = \(key.game) AND d.chat_id = \(key.chat)
              AND d.player_id = x.player_id AND d.state = 'done'
              AND d.desired_score IS NOT DISTINCT FROM x.desired_score AND d.last_call_at IS NOT DISTINCT FROM x.last_call_at
            RETURNING d.player_id
            """
        ).decode(PlayerID.self)
        try deliveriesQueue(of: key.chat)
        return repaired + updated
    }
}

extension ExpectedScore.Progress {
    /// Reads the column `state`.
    fileprivate init(state: String) {
        switch state {
        case "done": self = .settled
        case "dead": self = .givenUp
        default: self = .onItsWay
        }
    }
}
