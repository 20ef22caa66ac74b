package import Leaderboards
package import Postgres

/// Why something that Telegram is to hold is not there yet.
package enum DeliveryCause: String, CaseIterable, Sendable {
    /// It waits for its turn in the budgets of its chat and bot.
    case turn
    /// Its call is under way.
    case sending
    /// Telegram failed, and it is tried again later.
    case retry
    /// A forced call waits until one of unknown outcome can no longer take effect.
    case uncertain
    /// Telegram wants the chat to be left alone.
    case chatHeld = "chat_held"
    /// Telegram wants the bot to be left alone.
    case botHeld = "bot_held"
    /// The bot may not write in the chat.
    case forbidden
    /// Telegram refuses the bot's token.
    case tokenRefused = "token_refused"
    /// No message of the game is known in the chat.
    case noTarget = "no_target"
    /// It was given up.
    case dead
}

/// The deliveries of one bot that wait for the same cause.
package struct Backlog: Hashable, Sendable {
    package let bot: BotID
    package let cause: DeliveryCause
    package let count: Int
    /// Since when the oldest of them waits.
    package let oldest: Instant
    /// The error that the latest of them met, if any.
    package let lastError: String?

    /// States the numbers.
    ///
    /// - Parameters:
    ///   - bot: The bot.
    ///   - cause: Why they wait.
    ///   - count: How many.
    ///   - oldest: Since when the oldest of them waits.
    ///   - lastError: The error that the latest of them met.
    package init(bot: BotID, cause: DeliveryCause, count: Int, oldest: Instant, lastError: String? = nil) {
        self.bot = bot
        self.cause = cause
        self.count = count
        self.oldest = oldest
        self.lastError = lastError
    }
}

/// What is known of how a bot's deliveries are made.
package struct DeliveryBotRecord: Hashable, Sendable {
    package let bot: BotID
    /// Until when Telegram is left alone.
    package let heldUntil: Instant
    /// Since when Telegram refuses the bot's token.
    package let refusedAt: Instant?
    /// In which words.
    package let refusal: String?
}

extension Session {
    /// The deliveries that are not done, each state by the index that holds no others.
    ///
    /// - Parameter others: Further ones, as the end of a UNION.
    /// - Returns: What follows FROM.
    static func deliveries(and others: String) -> String {
        """
        (SELECT * FROM deliveries WHERE state = 'pending'
         UNION ALL SELECT * FROM deliveries WHERE state = 'sending'
         UNION ALL SELECT * FROM deliveries WHERE state = 'no_target'
         UNION ALL SELECT * FROM deliveries WHERE state = 'dead' \(others)) AS d
        JOIN chats c ON c.chat_id = d.chat_id
        LEFT JOIN delivery_chats q ON q.bot_id = d.bot_id AND q.chat_id = d.chat_id
        LEFT JOIN delivery_bots b ON b.bot_id = d.bot_id
        """
    }

    /// Why a delivery waits, the first cause that holds.
    ///
    /// A chat that is free again within its own limits is not held: those leave it alone for a minute at most.
    static let deliveryCause = """
        CASE WHEN d.state <> 'pending' THEN d.state
             WHEN b.refusal IS NOT NULL THEN 'token_refused'
             WHEN NOT c.is_writable AND d.target NOT LIKE 'inline:%' THEN 'forbidden'
             WHEN b.held_until > now() THEN 'bot_held'
             WHEN d.last_error = 'too many requests' AND greatest(d.due_at, q.free_at) > now() THEN 'chat_held'
             WHEN d.due_at > now() AND d.uncertain_until >= d.due_at THEN 'uncertain'
             WHEN d.due_at > now() THEN 'retry'
             ELSE 'turn' END
        """

    /// Counts what Telegram does not hold yet, by bot and cause.
    ///
    /// - Returns: A line for each bot and cause that occurs.
    /// - Throws: `PostgresError`.
    package func backlogs() throws(PostgresError) -> [Backlog] {
        try query(
            """
            SELECT o.bot_id, o.cause, count(*), min(o.waiting_since),
                   (array_agg(o.last_error ORDER BY o.wanted_at DESC) FILTER (WHERE o.last_error IS NOT NULL))[1]
            FROM (
                SELECT d.bot_id, \(unescaped: Self.deliveryCause) AS cause, d.waiting_since, d.wanted_at, d.last_error
                FROM \(unescaped: Self.deliveries(and: ""))
            ) AS o
            GROUP BY o.bot_id, o.cause
            ORDER BY o.bot_id, o.cause
            """
        ).map { row throws(PostgresError) in
            let (bot, cause, count, oldest, error) = try row.decode(
                BotID.self,
                String.self,
                Int.self,
                Instant.self,
                String?.self
            )
            guard let cause = DeliveryCause(rawValue: cause) else {
                throw PostgresError(.decoding, "a delivery waits for a cause not known here")
            }
            return Backlog(bot: bot, cause: cause, count: count, oldest: oldest, lastError: error)
        }
    }

    /// Lists how the bots' deliveries are made.
    ///
    /// - Returns: A line for each bot for which one was made.
    /// - Throws: `PostgresError`.
    package func deliveryBots() throws(PostgresError) -> [DeliveryBotRecord] {
        try query("SELECT bot_id, held_until, refused_at, refusal FROM delivery_bots ORDER BY bot_id").map {
            row throws(PostgresError) in
            let (bot, heldUntil, refusedAt, refusal) = try row.decode(
                BotID.self,
                Instant.self,
                Instant?.self,
                String?.self
            )
            return DeliveryBotRecord(bot: bot, heldUntil: heldUntil, refusedAt: refusedAt, refusal: refusal)
        }
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

    /// Asks the server for its version and its time.
    ///
    /// - Returns: The version as PostgreSQL writes it, and the time at this moment.
    /// - Throws: `PostgresError`.
    package func serverFacts() throws(PostgresError) -> (version: String, now: Instant, isReadOnly: Bool) {
        guard
            let row = try first(
                """
                SELECT current_setting('server_version'), clock_timestamp(), current_setting('transaction_read_only') = 'on'
                """
            )
        else {
            throw PostgresError(.decoding, "asking for the server's time returned no row")
        }
        return try row.decode(String.self, Instant.self, Bool.self)
    }
}
