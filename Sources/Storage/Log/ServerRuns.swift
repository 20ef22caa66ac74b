package import Leaderboards
package import Postgres

extension Session {
    /// Notes when runs began that a studio's server submits, unless that was noted before.
    ///
    /// A run's place in the log follows from its start, so a repetition, which may name another start or none, is led
    /// to the start of the first time.
    ///
    /// - Parameter limit: Runs that began earlier are not noted.
    /// - Returns: The starts that hold; none for runs that began too early and were not noted before.
    package func serverRunsResolve(
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
