package import Leaderboards
package import Postgres

extension Query {
    /// Writes the current names of players where they differ from what is stored.
    ///
    /// - Parameter profiles: Each player at most once.
    package static func playersUpsert(_ profiles: [PlayerProfile], bot: BotID) -> Query {
        playerNamesWrite(
            profiles,
            bot: bot,
            where: """
                (p.first_name, p.last_name, p.username)
                IS DISTINCT FROM (excluded.first_name, excluded.last_name, excluded.username)
                AND NOT p.is_anonymous
                """
        )
    }

    /// Writes names, over those that are stored where a condition on the rows `p` and `excluded` holds.
    static func playerNamesWrite(_ profiles: [PlayerProfile], bot: BotID, where condition: String) -> Query {
        let sorted = profiles.sorted { $0.id < $1.id }
        // The order of the rows is the order of their locks; the same everywhere, so that no two writers can wait for
        // each other.
        return """
            INSERT INTO players AS p (bot_id, player_id, first_name, last_name, username)
            SELECT \(bot), x.player_id, x.first_name, x.last_name, x.username
            FROM unnest(\(sorted.map(\.id)), \(sorted.map(\.firstName)), \(sorted.map(\.lastName)),
                        \(sorted.map(\.username))) AS x (player_id, first_name, last_name, username)
            ORDER BY x.player_id
            ON CONFLICT (bot_id, player_id) DO UPDATE
            SET first_name = excluded.first_name, last_name = excluded.last_name, username = excluded.username
            WHERE \(unescaped: condition)
            """
    }

    /// Stores players of whom only the id is known.
    package static func playersInsertMissing(_ players: [PlayerID], bot: BotID) -> Query {
        """
        INSERT INTO players (bot_id, player_id)
        SELECT \(bot), x.player_id FROM unnest(\(players.sorted())) AS x (player_id)
        WHERE NOT EXISTS (SELECT FROM players p WHERE p.bot_id = \(bot) AND p.player_id = x.player_id OFFSET 0)
        ORDER BY x.player_id
        ON CONFLICT (bot_id, player_id) DO NOTHING
        """
    }
}
