extension SQL {
    /// Joins that count the entries before a place: the one rank of the service is one more.
    ///
    /// A large leaderboard has buckets of its order, so that a rank is a sum over few rows and a short walk over the entries
    /// of one bucket. A small one is walked from the top.
    ///
    /// Follows a relation `x` with the columns `game_id`, `board_id`, `has_rank_buckets`, `score_key`, `achieved_at` and
    /// `player_id`, all of which may be null, and adds `before.entries`: how many entries of the leaderboard are
    /// before the place; 0 without a place.
    ///
    /// An index scan begins at a row of columns but, among equal scores, does not end at one: PostgreSQL ends it by the
    /// first column alone. So each walk ends by the number of rows that the bucket has.
    static let joinEntriesBefore = """
        LEFT JOIN LATERAL (
            SELECT r.score_key, r.achieved_at, r.player_id FROM rank_buckets r
            WHERE x.has_rank_buckets AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 1
              AND (r.score_key, r.achieved_at, r.player_id) <= (x.score_key, x.achieved_at, x.player_id)
            ORDER BY r.score_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1
        ) AS upper_part ON true
        LEFT JOIN LATERAL (
            SELECT r.score_key, r.achieved_at, r.player_id, r.entries FROM rank_buckets r
            WHERE x.has_rank_buckets AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 0
              AND (r.score_key, r.achieved_at, r.player_id) <= (x.score_key, x.achieved_at, x.player_id)
            ORDER BY r.score_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1
        ) AS part ON true
        CROSS JOIN LATERAL (
            SELECT (
                coalesce((SELECT sum(r.entries) FROM rank_buckets r
                    WHERE x.has_rank_buckets AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 1
                      AND (r.score_key, r.achieved_at, r.player_id)
                          < (upper_part.score_key, upper_part.achieved_at, upper_part.player_id)), 0)
                + coalesce((
                    SELECT sum(s.entries) FILTER (WHERE (s.score_key, s.achieved_at, s.player_id)
                                                      < (part.score_key, part.achieved_at, part.player_id))
                    FROM (
                        SELECT r.* FROM rank_buckets r
                        WHERE x.has_rank_buckets AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 0
                          AND (r.score_key, r.achieved_at, r.player_id)
                              >= (upper_part.score_key, upper_part.achieved_at, upper_part.player_id)
                          AND r.score_key <= part.score_key
                        ORDER BY r.score_key, r.achieved_at, r.player_id LIMIT \(RankBuckets.longestGroup)
                    ) AS s), 0)
                + (
                    SELECT count(*) FILTER (WHERE (s.score_key, s.achieved_at, s.player_id)
                                                < (x.score_key, x.achieved_at, x.player_id))
                    FROM (
                        SELECT e.score_key, e.achieved_at, e.player_id FROM entries e
                        WHERE e.game_id = x.game_id AND e.board_id = x.board_id
                          AND (e.score_key, e.achieved_at, e.player_id)
                              >= (coalesce(part.score_key, \(Int64.min)), coalesce(part.achieved_at, '-infinity'),
                                  coalesce(part.player_id, \(Int64.min)))
                          AND e.score_key <= x.score_key
                        ORDER BY e.score_key, e.achieved_at, e.player_id LIMIT part.entries
                    ) AS s)
            )::bigint AS entries
        ) AS before
        """
}
