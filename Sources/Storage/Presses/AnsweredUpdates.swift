package import Leaderboards
package import Postgres

extension Statement where Value == Bool {
    /// Notes that an update made us send something; whether it was new, since a repeated one is to be passed over.
    package static func answeredUpdateInsert(_ update: Int64, bot: BotID) -> Self {
        Self(
            anyRow: """
                INSERT INTO answered_updates (bot_id, update_id) VALUES (\(bot), \(update))
                ON CONFLICT (bot_id, update_id) DO NOTHING
                """
        )
    }
}

extension Query {
    /// Forgets updates that Telegram no longer repeats: it has none longer than 24 hours.
    package static func answeredUpdatesForget() -> Query {
        "DELETE FROM answered_updates WHERE answered_at < now() - interval '24 hours'"
    }
}
