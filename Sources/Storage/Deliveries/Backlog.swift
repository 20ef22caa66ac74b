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

extension DeliveryCause: StoredAs {
    package var stored: String { rawValue }
    package init?(stored: String) { self.init(rawValue: stored) }
}

/// The deliveries of one bot that wait for the same cause.
package struct Backlog: Hashable, Sendable {
    package let bot: BotID
    package let cause: DeliveryCause
    package let count: Int
    /// Since when the oldest of them waits.
    package let oldest: Instant
    /// The error that the latest of them met, or what closed their chat, if any.
    package let lastError: String?
    /// The latest time at which one of them was desired or called; nil where that is not known.
    package let writtenAt: Instant?
    /// When the next of their chats is tried again, of what waits in closed ones; nil otherwise.
    package let retryAt: Instant?

    package init(
        bot: BotID,
        cause: DeliveryCause,
        count: Int,
        oldest: Instant,
        lastError: String? = nil,
        writtenAt: Instant? = nil,
        retryAt: Instant? = nil
    ) {
        self.bot = bot
        self.cause = cause
        self.count = count
        self.oldest = oldest
        self.lastError = lastError
        self.writtenAt = writtenAt
        self.retryAt = retryAt
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
    /// How many chats there are in which Telegram refuses what it writes, and its words at the last refusal.
    package let closedChats: Int
    package let closedReason: String?
    /// The latest time that calls recorded, as far as it tells of a wrong clock.
    package let writtenAt: Instant?

    package init(
        bot: BotID,
        heldUntil: Instant,
        refusedAt: Instant? = nil,
        refusal: String? = nil,
        closedChats: Int = 0,
        closedReason: String? = nil,
        writtenAt: Instant? = nil
    ) {
        self.bot = bot
        self.heldUntil = heldUntil
        self.refusedAt = refusedAt
        self.refusal = refusal
        self.closedChats = closedChats
        self.closedReason = closedReason
        self.writtenAt = writtenAt
    }
}

extension Session {
    /// The deliveries that are not done, each state by the index that holds no others, and further ones by the end of a
    /// UNION.
    static func deliveries(and others: String) -> String {
        """
        (SELECT * FROM deliveries WHERE state = 'pending'
         UNION ALL SELECT * FROM deliveries WHERE state = 'sending'
         UNION ALL SELECT * FROM deliveries WHERE state = 'no_target'
         UNION ALL SELECT * FROM deliveries WHERE state = 'dead' \(others)) AS d
        LEFT JOIN delivery_chats q ON q.bot_id = d.bot_id AND q.chat_id = d.chat_id
        LEFT JOIN delivery_bots b ON b.bot_id = d.bot_id
        """
    }

    /// Why a delivery waits, the first cause that holds.
    ///
    /// A chat that is free again within its own limits is not held: those leave it alone for a minute at most. A time
    /// that only a wrong clock can have written counts as now.
    static let deliveryCause = """
        CASE WHEN d.state <> 'pending' THEN d.state
             WHEN b.refusal IS NOT NULL THEN 'token_refused'
             WHEN q.closed_at IS NOT NULL AND d.target NOT LIKE 'inline:%' THEN 'forbidden'
             WHEN b.held_until > now() AND b.held_until <= now() + \(interval(ClockSkew.longTolerance)) THEN 'bot_held'
             WHEN q.held_until > now() AND q.held_until <= now() + \(interval(ClockSkew.longTolerance)) THEN 'chat_held'
             WHEN d.due_at <= now() OR d.due_at > now() + CASE WHEN d.rejections > 0
                  THEN \(interval(ClockSkew.rejectionTolerance)) ELSE \(interval(ClockSkew.tolerance)) END THEN 'turn'
             WHEN d.uncertain_until >= d.due_at THEN 'uncertain'
             ELSE 'retry' END
        """

    /// What is known of why a delivery waits, in Telegram's words.
    static let deliveryError = """
        coalesce(d.last_error,
                 CASE WHEN d.state = 'pending' AND d.target NOT LIKE 'inline:%' THEN q.closed_reason END)
        """

    private static let skew = interval(ClockSkew.tolerance)

    private static func interval(_ duration: Duration) -> String {
        "interval '\(duration.components.seconds) seconds'"
    }

    /// Counts what Telegram does not hold yet, by bot and cause.
    package func deliveryBacklogs() throws(PostgresError) -> [Backlog] {
        try query(
            """
            SELECT o.bot_id, o.cause, count(*), min(o.waiting_since),
                   (array_agg(o.error ORDER BY o.desired_at DESC) FILTER (WHERE o.error IS NOT NULL))[1],
                   max(greatest(o.desired_at, o.last_call_at)), min(o.retry_at) FILTER (WHERE o.cause = 'forbidden')
            FROM (
                SELECT d.bot_id, \(unescaped: Self.deliveryCause) AS cause, d.waiting_since, d.desired_at, d.last_call_at,
                       \(unescaped: Self.deliveryError) AS error, q.retry_at
                FROM \(unescaped: Self.deliveries(and: ""))
            ) AS o
            GROUP BY o.bot_id, o.cause
            ORDER BY o.bot_id, o.cause
            """
        ).map { row throws(PostgresError) in
            var cells = try row.cells(7)
            return try Backlog(
                bot: cells.next(),
                cause: cells.next(),
                count: cells.next(),
                oldest: cells.next(),
                lastError: cells.next(),
                writtenAt: cells.next(),
                retryAt: cells.next()
            )
        }
    }

    /// Lists how the bots' deliveries are made; of the chats only closed ones and those that a wrong clock has put off
    /// are looked at, since this is asked for all the time.
    package func deliveryBots() throws(PostgresError) -> [DeliveryBotRecord] {
        try query(
            """
            SELECT b.bot_id, b.held_until, b.refused_at, b.refusal,
                   (SELECT count(*) FROM delivery_chats q WHERE q.bot_id = b.bot_id AND q.closed_at IS NOT NULL),
                   (SELECT q.closed_reason FROM delivery_chats q WHERE q.bot_id = b.bot_id AND q.closed_at IS NOT NULL
                    ORDER BY q.refused_at DESC LIMIT 1),
                   greatest((SELECT q.ready_at FROM delivery_chats q
                             WHERE q.bot_id = b.bot_id AND q.ready_at > now() + \(unescaped: Self.skew)
                             ORDER BY q.ready_at DESC LIMIT 1),
                            (SELECT max(s) FROM unnest(b.slots) AS s))
            FROM delivery_bots b
            ORDER BY b.bot_id
            """
        ).map { row throws(PostgresError) in
            var cells = try row.cells(7)
            return try DeliveryBotRecord(
                bot: cells.next(),
                heldUntil: cells.next(),
                refusedAt: cells.next(),
                refusal: cells.next(),
                closedChats: cells.next(),
                closedReason: cells.next(),
                writtenAt: cells.next()
            )
        }
    }

    /// Asks the server for its version and its time.
    ///
    /// - Returns: The version as PostgreSQL writes it, and the time at this moment.
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
