package import Leaderboards
package import Postgres

extension Session {
    /// Notes when runs began that a studio's server submits, unless that was noted before.
    ///
    /// A run's place in the log follows from its start, so a repetition, which may name another start or none, is led
    /// to the start of the first time.
    ///
    /// - Parameters:
    ///   - starts: When the runs began, each run once.
    ///   - limit: Runs that began earlier are not noted.
    ///   - game: Their game.
    /// - Returns: The starts that hold; none for runs that began too early and were not noted before.
    /// - Throws: `PostgresError`.
    package func keepServerRuns(
        _ starts: [RunID: Instant],
        notBefore limit: Instant,
        game: GameID
    ) throws(PostgresError) -> [RunID: Instant] {
        let runs = Array(starts)
        // Sorted, so that two batches with the same runs cannot wait for each other.
        try execute(
            """
            INSERT INTO server_runs (game_id, run_id, started_at)
            SELECT \(game), x.run_id, x.started_at
            FROM unnest(\(runs.map(\.key)), \(runs.map(\.value))) AS x (run_id, started_at)
            WHERE x.started_at >= \(limit)
            ORDER BY x.run_id
            ON CONFLICT DO NOTHING
            """
        )
        let rows = try query(
            """
            SELECT r.run_id, r.started_at
            FROM unnest(\(runs.map(\.key))) AS x (run_id)
            CROSS JOIN LATERAL (
                SELECT * FROM server_runs o WHERE o.game_id = \(game) AND o.run_id = x.run_id OFFSET 0
            ) AS r
            """
        ).decode(RunID.self, Instant.self)
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

extension Query {
    /// Writes the names by which a studio's server knows players where they are not shown so already.
    ///
    /// - Parameters:
    ///   - names: Whole names by player; usernames stay as they are.
    ///   - bot: The bot that met them.
    /// - Returns: The statement.
    package static func upsertNames(_ names: [PlayerID: String], bot: BotID) -> Query {
        let sorted = names.sorted { $0.key < $1.key }
        // The order of the rows is the order of their locks, as wherever players are written.
        return """
            INSERT INTO players AS p (bot_id, player_id, first_name)
            SELECT \(bot), x.player_id, x.name
            FROM unnest(\(sorted.map(\.key)), \(sorted.map(\.value))) AS x (player_id, name)
            ORDER BY x.player_id
            ON CONFLICT (bot_id, player_id) DO UPDATE SET first_name = excluded.first_name, last_name = NULL
            WHERE concat_ws(' ', nullif(p.first_name, ''), nullif(p.last_name, '')) <> excluded.first_name
            """
    }
}
