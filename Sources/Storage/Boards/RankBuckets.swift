package import Leaderboards
package import Postgres

/// How large the buckets of a leaderboard's order are, and the groups of buckets.
///
/// With these, a rank among ten million entries is a sum over some 300 + 60 rows and a walk over 60 entries on
/// average, and at worst, all scores being equal, over some 600 + 256 rows and 256 entries.
package enum RankBuckets {
    /// A leaderboard of more entries has buckets.
    package static let threshold = 256
    /// Entries of a new bucket.
    static let size = 128
    /// Outside these numbers of entries a bucket is divided or joined to its neighbour.
    static let limits = 32...256
    /// Buckets of a new group, and the numbers outside which it is divided or joined.
    static let groupSize = 128
    static let groupLimits = 32...256
    /// No group has more buckets, once those that grew or shrank are rebalanced.
    package static let longestGroup = Int64(groupLimits.upperBound)
    /// Nor more than this before: two of them that were joined, with the buckets that the few thousand changes of one
    /// leaderboard make that are followed one by one.
    static let longestUnbalancedGroup = 4 * longestGroup

    /// Where the first bucket of every leaderboard begins: before any entry.
    static let start = SortKey(
        scoreKey: .min,
        achievedAt: Instant(milliseconds: 0),
        player: PlayerID(rawValue: .min)
    )
}

/// An entry that came to or went from a leaderboard that has buckets.
package struct RankMove: Sendable {
    package let probe: Probe
    /// 1 or -1.
    package let change: Int64

    package init(probe: Probe, change: Int64) {
        self.probe = probe
        self.change = change
    }
}

extension Statement where Value == [Probe] {
    /// Counts entries that came or went, which are written already, in their buckets; the game is locked.
    ///
    /// Its value are places in buckets that have become too large or too small, for
    /// `Session.rankBucketsRebalance(at:game:)`.
    package static func rankBucketsMove(_ moves: [RankMove], game: GameID) -> Self {
        let query: Query = """
            WITH located AS (
                SELECT r.ctid, r.board_id, r.score_key, r.achieved_at, r.player_id,
                       sum(m.change) AS change, min(m.position) AS position
                FROM unnest(\(moves.map(\.probe.board)), \(moves.map(\.probe.sortKey.scoreKey)),
                            \(moves.map(\.probe.sortKey.achievedAt)), \(moves.map(\.probe.sortKey.player)),
                            \(moves.map(\.change))) WITH ORDINALITY
                         AS m (board_id, score_key, achieved_at, player_id, change, position)
                CROSS JOIN LATERAL (
                    SELECT r.ctid, r.* FROM rank_buckets r
                    WHERE r.game_id = \(game) AND r.board_id = m.board_id AND r.level = 0
                      AND (r.score_key, r.achieved_at, r.player_id) <= (m.score_key, m.achieved_at, m.player_id)
                    ORDER BY r.score_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1
                ) AS r
                GROUP BY r.ctid, r.board_id, r.score_key, r.achieved_at, r.player_id
                HAVING sum(m.change) <> 0
            ), upper AS (
                -- A bound of level 1 is one of level 0, so the group of a bucket is found by where it begins.
                SELECT r.ctid, sum(l.change) AS change
                FROM located l
                CROSS JOIN LATERAL (
                    SELECT r.ctid FROM rank_buckets r
                    WHERE r.game_id = \(game) AND r.board_id = l.board_id AND r.level = 1
                      AND (r.score_key, r.achieved_at, r.player_id) <= (l.score_key, l.achieved_at, l.player_id)
                    ORDER BY r.score_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1
                ) AS r
                GROUP BY r.ctid
                HAVING sum(l.change) <> 0
            ), changed_groups AS (
                UPDATE rank_buckets c SET entries = c.entries + x.change
                FROM upper x WHERE c.ctid = x.ctid
            ), changed AS (
                UPDATE rank_buckets c SET entries = c.entries + x.change
                FROM located x WHERE c.ctid = x.ctid
                RETURNING c.entries, x.position
            )
            SELECT position FROM changed
            WHERE entries NOT BETWEEN \(Int64(RankBuckets.limits.lowerBound))
                                  AND \(Int64(RankBuckets.limits.upperBound))
            ORDER BY position
            """
        return Self(query) { rows throws(PostgresError) in
            try rows.decode(Int.self).map { moves[$0 - 1].probe }
        }
    }
}

extension Session {
    /// Makes the buckets of leaderboards anew: the large ones get some, the small ones lose them.
    ///
    /// - Parameter boards: The leaderboards; their totals are right, and the game is locked.
    package func rankBucketsRebuild(of boards: [BoardID], game: GameID) throws(PostgresError) {
        _ = try pipeline([
            "DELETE FROM rank_buckets WHERE game_id = \(game) AND board_id = ANY (\(boards))",
            """
            UPDATE boards SET has_rank_buckets = entries > \(Int64(RankBuckets.threshold))
            WHERE game_id = \(game) AND board_id = ANY (\(boards))
            """,
            """
            INSERT INTO rank_buckets (game_id, board_id, level, score_key, achieved_at, player_id, entries)
            SELECT \(game), b.board_id, 0,
                   CASE WHEN p.place = 0 THEN \(RankBuckets.start.scoreKey) ELSE p.score_key END,
                   CASE WHEN p.place = 0 THEN \(RankBuckets.start.achievedAt) ELSE p.achieved_at END,
                   CASE WHEN p.place = 0 THEN \(RankBuckets.start.player) ELSE p.player_id END,
                   least(\(Int64(RankBuckets.size)), b.entries - p.place)
            FROM boards b
            -- Each by itself, so that none but these is read, whatever the planner expects.
            CROSS JOIN LATERAL (
                SELECT e.score_key, e.achieved_at, e.player_id,
                       row_number() OVER (ORDER BY e.score_key, e.achieved_at, e.player_id) - 1 AS place
                FROM entries e
                WHERE e.game_id = \(game) AND e.board_id = b.board_id
            ) AS p
            WHERE b.game_id = \(game) AND b.board_id = ANY (\(boards)) AND b.has_rank_buckets
              AND p.place % \(Int64(RankBuckets.size)) = 0
            """,
            """
            INSERT INTO rank_buckets (game_id, board_id, level, score_key, achieved_at, player_id, entries)
            SELECT game_id, board_id, 1, score_key, achieved_at, player_id, total
            FROM (
                SELECT s.*,
                       sum(s.entries) OVER (PARTITION BY s.board_id, s.place / \(Int64(RankBuckets.groupSize))) AS total
                FROM (
                    SELECT r.*, row_number() OVER (PARTITION BY r.board_id
                                                   ORDER BY r.score_key, r.achieved_at, r.player_id) - 1 AS place
                    FROM rank_buckets r
                    WHERE r.game_id = \(game) AND r.board_id = ANY (\(boards)) AND r.level = 0
                ) AS s
            ) AS t
            WHERE place % \(Int64(RankBuckets.groupSize)) = 0
            """,
        ])
    }
}

extension Statement where Value == [BoardID] {
    /// The leaderboards whose total, or the count of any bucket, is wrong; there are none unless something is broken.
    package static func boardsFindMiscounted(of game: GameID) -> Self {
        Self(
            column: """
                SELECT b.board_id FROM boards b
                WHERE b.game_id = \(game) AND (
                    b.entries <> (SELECT count(*) FROM entries e
                                  WHERE e.game_id = b.game_id AND e.board_id = b.board_id)
                    OR b.has_rank_buckets <> EXISTS (SELECT FROM rank_buckets r
                                               WHERE r.game_id = b.game_id AND r.board_id = b.board_id)
                    OR EXISTS (
                        SELECT FROM (
                            SELECT r.*, lead(score_key) OVER w AS next_key, lead(achieved_at) OVER w AS next_at,
                                   lead(player_id) OVER w AS next_player
                            FROM rank_buckets r
                            WHERE r.game_id = b.game_id AND r.board_id = b.board_id
                            WINDOW w AS (PARTITION BY r.level ORDER BY score_key, achieved_at, player_id)
                        ) AS s
                        WHERE s.entries <> (
                            SELECT count(*) FROM entries e
                            WHERE e.game_id = s.game_id AND e.board_id = s.board_id
                              AND (e.score_key, e.achieved_at, e.player_id) >= (s.score_key, s.achieved_at, s.player_id)
                              AND (s.next_key IS NULL
                                   OR (e.score_key, e.achieved_at, e.player_id)
                                       < (s.next_key, s.next_at, s.next_player)))))
                ORDER BY b.board_id
                """
        )
    }
}
