package import Leaderboards
package import Postgres

extension Session {
    /// Writes the current names of players where they differ from what is stored.
    ///
    /// - Parameters:
    ///   - profiles: Each player at most once.
    ///   - bot: The bot that met them.
    /// - Throws: `PostgresError`.
    package func upsertPlayers(_ profiles: [PlayerProfile], bot: BotID) throws(PostgresError) {
        let sorted = profiles.sorted { $0.id < $1.id }
        // The order of the rows is the order of their locks; the same everywhere, so that no two writers can wait for
        // each other.
        _ = try execute(
            """
            INSERT INTO players (bot_id, player_id, first_name, last_name, username)
            SELECT \(bot), x.player_id, x.first_name, x.last_name, x.username
            FROM unnest(\(sorted.map(\.id)), \(sorted.map(\.firstName)), \(sorted.map(\.lastName)),
                        \(sorted.map(\.username))) AS x (player_id, first_name, last_name, username)
            LEFT JOIN players p ON p.bot_id = \(bot) AND p.player_id = x.player_id
            WHERE p.player_id IS NULL
               OR (p.first_name, p.last_name, p.username) IS DISTINCT FROM (x.first_name, x.last_name, x.username)
            ORDER BY x.player_id
            ON CONFLICT (bot_id, player_id) DO UPDATE
            SET first_name = excluded.first_name, last_name = excluded.last_name, username = excluded.username
            """
        )
    }

    /// Notes players of whom only the id is known.
    ///
    /// - Parameters:
    ///   - players: The ids.
    ///   - bot: The bot that met them.
    /// - Throws: `PostgresError`.
    package func insertMissingPlayers(_ players: [PlayerID], bot: BotID) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO players (bot_id, player_id)
            SELECT \(bot), x.player_id FROM unnest(\(players.sorted())) AS x (player_id)
            WHERE NOT EXISTS (SELECT FROM players p WHERE p.bot_id = \(bot) AND p.player_id = x.player_id)
            ORDER BY x.player_id
            ON CONFLICT (bot_id, player_id) DO NOTHING
            """
        )
    }
}
