package import Leaderboards
package import Postgres

/// The deliveries of one bot in one state.
package struct Backlog: Hashable, Sendable {
    package let bot: BotID
    /// `pending`, `sending`, `no_target` or `dead`.
    package let state: String
    package let count: Int
    /// When the oldest of them was wanted.
    package let oldest: Instant
    /// The error that the latest of them met, if any.
    package let lastError: String?
}

extension Session {
    /// Counts what Telegram does not hold yet, by bot and state.
    ///
    /// - Returns: A line for each bot and state that occurs.
    /// - Throws: `PostgresError`.
    package func backlogs() throws(PostgresError) -> [Backlog] {
        try query(
            """
            SELECT bot_id, state, count(*), min(wanted_at),
                   (array_agg(last_error ORDER BY wanted_at DESC) FILTER (WHERE last_error IS NOT NULL))[1]
            FROM deliveries
            WHERE state <> 'done'
            GROUP BY bot_id, state
            ORDER BY bot_id, state
            """
        ).map { row throws(PostgresError) in
            let (bot, state, count, oldest, error) = try row.decode(
                BotID.self,
                String.self,
                Int.self,
                Instant.self,
                String?.self
            )
            return Backlog(bot: bot, state: state, count: count, oldest: oldest, lastError: error)
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
    package func serverFacts() throws(PostgresError) -> (version: String, now: Instant) {
        guard let row = try first("SELECT current_setting('server_version'), clock_timestamp()") else {
            throw PostgresError(.decoding, "asking for the server's time returned no row")
        }
        return try row.decode(String.self, Instant.self)
    }
}
