package import Leaderboards
package import Postgres

extension Session {
    /// Notes that an update made us send something.
    ///
    /// - Parameter bot: The bot it was for.
    /// - Returns: Whether it was new; a repeated one is to be passed over.
    package func noteAnswered(update: Int64, bot: BotID) throws(PostgresError) -> Bool {
        try execute(
            """
            INSERT INTO answered_updates (bot_id, update_id) VALUES (\(bot), \(update))
            ON CONFLICT (bot_id, update_id) DO NOTHING
            """
        ) == 1
    }

    /// Forgets updates that Telegram no longer repeats: it keeps none longer than 24 hours.
    package func forgetAnsweredUpdates() throws(PostgresError) {
        _ = try execute("DELETE FROM answered_updates WHERE answered_at < now() - interval '24 hours'")
    }
}
