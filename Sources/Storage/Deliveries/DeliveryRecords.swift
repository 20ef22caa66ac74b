package import Leaderboards
package import Postgres

/// Which deliveries are meant; what is nil does not matter.
package struct DeliveryFilter: Hashable, Sendable {
    package var game: GameID?
    package var chat: ChatID?
    package var player: PlayerID?
    /// `pending`, `sending`, `no_target`, `dead` or `done`; empty is all but `done`.
    package var states: [String] = []

    package init() {}
}

/// A delivery with all that is known of it.
package struct DeliveryRecord: Hashable, Sendable {
    package let key: DeliveryKey
    package let bot: BotID
    /// `BOT/SHORT_NAME`.
    package let game: String
    /// One of the chat's `chat_instance`s.
    package let chat: ChatInstance?
    package var player: PlayerID { key.player }
    package let state: String
    /// Why it waits; `done` when it does not.
    package let cause: String
    /// Nil is absent.
    package let desired: Int32?
    package let known: KnownScore
    /// As it is stored.
    package let target: String?
    package let isCorrection: Bool
    package let attempts: Int
    package let waitingSince: Instant
    package let dueAt: Instant
    package let lastCallAt: Instant?
    package let lastError: String?
}

/// The deliveries of one chat that are not done.
package struct ChatBacklog: Hashable, Sendable {
    package let bot: BotID
    package let chat: ChatInstance?
    package let title: String?
    package let count: Int
    package let oldest: Instant
    package let lastError: String?
    /// When it is tried again, where Telegram refuses what the bot writes there.
    package let retryAt: Instant?
}

extension Session {
    /// Lists deliveries, those that have waited the longest first.
    package func deliveriesList(
        _ filter: DeliveryFilter,
        limit: Int? = nil
    ) throws(PostgresError) -> [DeliveryRecord] {
        let includesDone = filter.states.contains("done")
        let done = includesDone ? "UNION ALL SELECT * FROM deliveries WHERE state = 'done'" : ""
        return try query(
            """
            SELECT d.game_id, d.chat_id, d.player_id, d.bot_id, coalesce(n.username, n.bot_id::text) || '/' || g.short_name,
                   (SELECT min(i.chat_instance) FROM chat_instances i WHERE i.chat_id = d.chat_id),
                   d.state, \(unescaped: Self.deliveryCause), d.desired_score, d.known, d.known_value, d.target,
                   d.is_correction, d.attempts, d.waiting_since, d.due_at, d.last_call_at, \(unescaped: Self.deliveryError)
            FROM \(unescaped: Self.deliveries(and: done))
            JOIN games g ON g.game_id = d.game_id
            JOIN bots n ON n.bot_id = d.bot_id
            WHERE (\(filter.states.isEmpty) OR d.state = ANY (\(filter.states)))
              \(and: "d.game_id =", filter.game)
              \(and: "d.chat_id =", filter.chat)
              \(and: "d.player_id =", filter.player)
            ORDER BY d.waiting_since, d.game_id, d.chat_id, d.player_id
            LIMIT \(limit.map { Int64($0) })
            """
        ).map(Self.deliveryRecord)
    }

    /// Counts what Telegram does not hold yet, by chat, those that have waited the longest first.
    package func deliveryBacklogsByChat(limit: Int) throws(PostgresError) -> [ChatBacklog] {
        try query(
            """
            SELECT d.bot_id, (SELECT min(i.chat_instance) FROM chat_instances i WHERE i.chat_id = d.chat_id),
                   c.title, count(*), min(d.waiting_since) AS oldest,
                   (array_agg(\(unescaped: Self.deliveryError) ORDER BY d.desired_at DESC)
                    FILTER (WHERE \(unescaped: Self.deliveryError) IS NOT NULL))[1], max(q.retry_at)
            FROM \(unescaped: Self.deliveries(and: ""))
            JOIN chats c ON c.chat_id = d.chat_id
            GROUP BY d.bot_id, d.chat_id, c.title
            ORDER BY oldest, d.chat_id
            LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) in
            var cells = try row.cells(7)
            return try ChatBacklog(
                bot: cells.next(),
                chat: cells.next(),
                title: cells.next(),
                count: cells.next(),
                oldest: cells.next(),
                lastError: cells.next(),
                retryAt: cells.next()
            )
        }
    }

    /// Tries deliveries again at once that wait after a failure or for a closed chat, or were given up; one without a
    /// message gets the one that was pressed last.
    ///
    /// The limits of Telegram hold all the same, and a forced call waits for those before it. Tells how many are due now.
    package func deliveriesRetry(_ keys: [DeliveryKey], now: Instant) throws(PostgresError) -> Int {
        let sorted = keys.sorted()
        let due = try query(
            """
            WITH found AS (
                SELECT d.game_id, d.chat_id, d.player_id, coalesce(latest.target, d.target) AS target
                FROM unnest(\(sorted.map(\.game)), \(sorted.map(\.chat)), \(sorted.map(\.player)))
                         AS x (game_id, chat_id, player_id)
                CROSS JOIN LATERAL (
                    SELECT * FROM deliveries d
                    WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.player_id = x.player_id
                      AND d.state IN ('pending', 'no_target', 'dead')
                    FOR UPDATE
                ) AS d
                LEFT JOIN LATERAL (
                    SELECT t.target FROM targets t
                    WHERE t.game_id = d.game_id AND t.chat_id = d.chat_id AND NOT t.is_gone
                      AND d.state IN ('no_target', 'dead')
                    ORDER BY t.pressed_at DESC, t.target LIMIT 1
                ) AS latest ON true
            ), changed AS (
                UPDATE deliveries d
                SET state = 'pending', target = f.target, attempts = 0, rejections = 0,
                    due_at = greatest(\(now), CASE WHEN d.is_correction OR \(unescaped: SQL.followsLatest) THEN d.uncertain_until END)
                FROM found f JOIN games g ON g.game_id = f.game_id
                WHERE d.game_id = f.game_id AND d.chat_id = f.chat_id AND d.player_id = f.player_id
                  AND f.target IS NOT NULL
                RETURNING d.chat_id
            )
            SELECT chat_id FROM changed
            """
        ).decode(ChatID.self)
        for chat in Set(due).sorted() {
            try targetsReopen(of: chat, now: now)
            try deliveriesQueue(of: chat, after: .retry)
        }
        return due.count
    }

    /// Gives deliveries up that wait: Telegram's tables stay as they are, until a new value or message wakes them.
    ///
    /// Those whose call is under way are passed over; the reason stays as the error of the others, whose number is
    /// told.
    package func deliveriesDrop(_ keys: [DeliveryKey], reason: String) throws(PostgresError) -> Int {
        let sorted = keys.sorted()
        return try execute(
            """
            WITH found AS (
                SELECT d.*
                FROM unnest(\(sorted.map(\.game)), \(sorted.map(\.chat)), \(sorted.map(\.player)))
                         AS x (game_id, chat_id, player_id)
                CROSS JOIN LATERAL (
                    SELECT d.game_id, d.chat_id, d.player_id FROM deliveries d
                    WHERE d.game_id = x.game_id AND d.chat_id = x.chat_id AND d.player_id = x.player_id
                      AND d.state IN ('pending', 'no_target')
                    FOR UPDATE
                ) AS d
            )
            UPDATE deliveries d SET state = 'dead', rejections = 0, last_error = \(reason)
            FROM found f
            WHERE d.game_id = f.game_id AND d.chat_id = f.chat_id AND d.player_id = f.player_id
            """
        )
    }

    private static func deliveryRecord(_ row: Row) throws(PostgresError) -> DeliveryRecord {
        var cells = try row.cells(18)
        return try DeliveryRecord(
            key: DeliveryKey(game: cells.next(), chat: cells.next(), player: cells.next()),
            bot: cells.next(),
            game: cells.next(),
            chat: cells.next(),
            state: cells.next(),
            cause: cells.next(),
            desired: cells.next(),
            known: KnownScore(cells.next(), cells.next()),
            target: cells.next(),
            isCorrection: cells.next(),
            attempts: Int(cells.next() as Int32),
            waitingSince: cells.next(),
            dueAt: cells.next(),
            lastCallAt: cells.next(),
            lastError: cells.next()
        )
    }
}
