package import Leaderboards
package import Postgres

/// A run that a player started for a board with attempts, and the number of the attempt that it uses.
package struct Attempt: Hashable, Sendable {
    /// The board, as a game of its own.
    package let board: GameID
    package let number: Int32
    /// The window's local name.
    package let label: String
    package let startedAt: Instant
}

extension Session {
    /// Has a run use an attempt of its player in a window, unless all are used; a run that has one, if only on another
    /// board, keeps it.
    ///
    /// - Parameters:
    ///   - board: The board, as a game of its own.
    ///   - count: How many attempts there are in a window.
    /// - Returns: Nil where none is left.
    package func attemptUse(
        by id: RunID,
        of player: PlayerID,
        on board: GameID,
        in label: String,
        count: Int32,
        startedAt: Instant
    ) throws(PostgresError) -> Attempt? {
        let (_, known) = try run(
            .advisoryXactLock(LockSpace.attempts.key(for: player)),
            .attemptGet(of: id, of: player)
        )
        if let known { return known }
        return try run(
            .attemptInsert(id, of: player, on: board, in: label, count: count, startedAt: startedAt)
        )
    }
}

extension Session {
    /// Forgets the attempts of windows that ended for good before a moment, in portions.
    ///
    /// - Parameter limit: What was started later stays in any case, since it may be started once more with its key.
    package func attemptsForget(before limit: Instant) throws(PostgresError) {
        var gone = 0
        repeat {
            gone = try execute(.attemptsForgetSome(before: limit))
        } while gone == Attempt.forgottenAtOnce
    }
}

extension Attempt {
    /// How many rows one statement takes away.
    fileprivate static let forgottenAtOnce = 10_000
}

extension Query {
    /// All time has no end, and a season ends when the next begins; of the others each is over as long after a run's start as
    /// it can last at most, and a day more for a zone that changes.
    fileprivate static func attemptsForgetSome(before limit: Instant) -> Query {
        """
        DELETE FROM attempts a
        WHERE a.ctid = ANY (ARRAY(
            SELECT o.ctid FROM attempts o
            WHERE o.label <> '' AND o.started_at < \(limit)
              AND CASE WHEN o.label ~ '^[0-9]+$' THEN coalesce((
                           SELECT g.seasons[o.label::integer + 1] FROM games g WHERE g.game_id = o.game_id) < \(limit), false)
                       ELSE o.started_at + CASE length(o.label)
                           WHEN 10 THEN interval '3 days' WHEN 8 THEN interval '9 days' ELSE interval '33 days' END
                           < \(limit) END
            LIMIT \(Int64(Attempt.forgottenAtOnce))))
        """
    }
}

extension Statement where Value == Attempt? {
    /// The attempt that a run uses; nil where it uses none.
    static func attemptGet(of run: RunID, of player: PlayerID) -> Self {
        Self(
            first: """
                SELECT a.game_id, a.number, a.label, a.started_at
                FROM (SELECT \(unescaped: SQL.playerHash(of: "x.player_id")) AS player_hash
                      FROM (SELECT \(player) AS player_id) AS x OFFSET 0) AS p
                CROSS JOIN LATERAL (
                    SELECT * FROM attempts o
                    WHERE o.player_hash = p.player_hash AND o.run_id = \(run) OFFSET 0
                ) AS a
                """,
            Attempt.init
        )
    }

    /// Takes the next attempt of a player, whose starts are locked; nil where none is left.
    static func attemptInsert(
        _ run: RunID,
        of player: PlayerID,
        on board: GameID,
        in label: String,
        count: Int32,
        startedAt: Instant
    ) -> Self {
        Self(
            first: """
                INSERT INTO attempts (game_id, player_hash, label, number, run_id, started_at)
                SELECT \(board), p.player_hash, \(label), a.used + 1, \(run), \(startedAt)
                FROM (SELECT \(unescaped: SQL.playerHash(of: "x.player_id")) AS player_hash
                      FROM (SELECT \(player) AS player_id) AS x OFFSET 0) AS p
                CROSS JOIN LATERAL (
                    SELECT coalesce((
                        SELECT o.number FROM attempts o
                        WHERE o.game_id = \(board) AND o.player_hash = p.player_hash AND o.label = \(label)
                        ORDER BY o.number DESC LIMIT 1), 0) AS used
                ) AS a
                WHERE a.used < \(count)
                RETURNING game_id, number, label, started_at
                """,
            Attempt.init
        )
    }
}

extension Attempt {
    fileprivate init(_ row: Row) throws(PostgresError) {
        let (board, number, label, startedAt) = try row.decode(
            GameID.self,
            Int32.self,
            String.self,
            Instant.self
        )
        self.init(board: board, number: number, label: label, startedAt: startedAt)
    }
}
