package import Leaderboards
package import Postgres

/// A player on a leaderboard.
package struct EntryKey: Hashable, Comparable, Sendable {
    package let board: BoardID
    package let player: PlayerID

    package init(board: BoardID, player: PlayerID) {
        self.board = board
        self.player = player
    }

    package static func < (left: EntryKey, right: EntryKey) -> Bool {
        (left.board, left.player) < (right.board, right.player)
    }
}

/// A place on a leaderboard about which something is asked.
package struct Probe: Hashable, Sendable {
    package let board: BoardID
    package let sortKey: SortKey

    package init(board: BoardID, sortKey: SortKey) {
        self.board = board
        self.sortKey = sortKey
    }
}

extension Statement where Value == [Int] {
    /// Counts the entries before places, in order: the one rank of the service, which is one more.
    package static func entriesCountBefore(_ probes: [Probe], game: GameID) -> Self {
        Self(
            """
            SELECT before.entries
            FROM (
                SELECT u.*, b.game_id, b.has_rank_buckets
                FROM unnest(\(probes.map(\.board)), \(probes.map(\.sortKey.scoreKey)),
                            \(probes.map(\.sortKey.achievedAt)), \(probes.map(\.sortKey.player)))
                         WITH ORDINALITY AS u (board_id, score_key, achieved_at, player_id, position)
                LEFT JOIN LATERAL (
                    SELECT o.game_id, o.has_rank_buckets FROM boards o
                    WHERE o.game_id = \(game) AND o.board_id = u.board_id OFFSET 0
                ) AS b ON true
            ) AS x
            \(unescaped: SQL.joinEntriesBefore)
            ORDER BY x.position
            """
        ) { rows throws(PostgresError) in try rows.decode(Int.self) }
    }
}

extension Statement where Value == [SortKey?] {
    /// The last entry before each place in order, passing over some entries; nil at the top.
    package static func entriesAbove(
        _ probes: [Probe],
        passingOver ignored: [EntryKey],
        game: GameID
    ) -> Self {
        Self(
            """
            SELECT above.score_key, above.achieved_at, above.player_id
            FROM unnest(\(probes.map(\.board)), \(probes.map(\.sortKey.scoreKey)),
                        \(probes.map(\.sortKey.achievedAt)), \(probes.map(\.sortKey.player))) WITH ORDINALITY
                     AS x (board_id, score_key, achieved_at, player_id, position)
            LEFT JOIN LATERAL (
                SELECT e.score_key, e.achieved_at, e.player_id FROM entries e
                WHERE e.game_id = \(game) AND e.board_id = x.board_id
                  AND (e.score_key, e.achieved_at, e.player_id) < (x.score_key, x.achieved_at, x.player_id)
                  -- Not correlated, so that it is hashed once: a whole leaderboard may have to be passed over.
                  AND (e.board_id, e.player_id) NOT IN (
                      SELECT i.board_id, i.player_id
                      FROM unnest(\(ignored.map(\.board)), \(ignored.map(\.player))) AS i (board_id, player_id))
                ORDER BY e.score_key DESC, e.achieved_at DESC, e.player_id DESC
                LIMIT 1
            ) AS above ON true
            ORDER BY x.position
            """
        ) { rows throws(PostgresError) in
            try rows.map { row throws(PostgresError) in
                let (scoreKey, achievedAt, player) = try row.decode(
                    Int64?.self,
                    Instant?.self,
                    PlayerID?.self
                )
                return SortKey(scoreKey, achievedAt, player)
            }
        }
    }
}

extension Query {
    /// Writes entries, new ones and changed ones, as they are to be.
    package static func entriesUpsert(_ entries: [(BoardID, Entry)], game: GameID) -> Query {
        """
        INSERT INTO entries AS e (game_id, board_id, player_id, score_key, achieved_at, run_id)
        SELECT \(game), x.board_id, x.player_id, x.score_key, x.achieved_at, x.run_id
        FROM unnest(\(entries.map(\.0)), \(entries.map(\.1.sortKey.player)),
                    \(entries.map(\.1.sortKey.scoreKey)), \(entries.map(\.1.sortKey.achievedAt)),
                    \(entries.map(\.1.run))) AS x (board_id, player_id, score_key, achieved_at, run_id)
        -- Also for those known to be there: an arbiter is always found by its index, whatever the planner expects.
        ON CONFLICT (game_id, board_id, player_id) DO UPDATE
        SET score_key = excluded.score_key, achieved_at = excluded.achieved_at, run_id = excluded.run_id
        """
    }
}
