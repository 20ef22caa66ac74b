/// How the one rank of the service is found in SQL.
///
/// A large leaderboard keeps counts of stretches of its order (`rank_counts`), so that a rank is a sum over few rows
/// and a short walk over the entries of one stretch. A small one is walked from the top.
enum RankSQL {
    /// Joins that count the entries before a place.
    ///
    /// Stands after a relation `x` with the columns `game_id`, `board_id`, `is_counted`, `sort_key`, `achieved_at` and
    /// `player_id`, all of which may be null, and adds `before.entries`: how many entries of the leaderboard stand
    /// before the place; 0 without a place.
    ///
    /// An index scan begins at a row of columns but, among equal scores, does not end at one: PostgreSQL ends it by the
    /// first column alone. So each walk ends by the number of rows that the stretch has.
    static let joinCountBefore = """
        LEFT JOIN LATERAL (
            SELECT r.sort_key, r.achieved_at, r.player_id FROM rank_counts r
            WHERE x.is_counted AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 1
              AND (r.sort_key, r.achieved_at, r.player_id) <= (x.sort_key, x.achieved_at, x.player_id)
            ORDER BY r.sort_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1
        ) AS upper_part ON true
        LEFT JOIN LATERAL (
            SELECT r.sort_key, r.achieved_at, r.player_id, r.entries FROM rank_counts r
            WHERE x.is_counted AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 0
              AND (r.sort_key, r.achieved_at, r.player_id) <= (x.sort_key, x.achieved_at, x.player_id)
            ORDER BY r.sort_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1
        ) AS part ON true
        CROSS JOIN LATERAL (
            SELECT (
                coalesce((SELECT sum(r.entries) FROM rank_counts r
                    WHERE x.is_counted AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 1
                      AND (r.sort_key, r.achieved_at, r.player_id)
                          < (upper_part.sort_key, upper_part.achieved_at, upper_part.player_id)), 0)
                + coalesce((
                    SELECT sum(s.entries) FILTER (WHERE (s.sort_key, s.achieved_at, s.player_id)
                                                      < (part.sort_key, part.achieved_at, part.player_id))
                    FROM (
                        SELECT r.* FROM rank_counts r
                        WHERE x.is_counted AND r.game_id = x.game_id AND r.board_id = x.board_id AND r.level = 0
                          AND (r.sort_key, r.achieved_at, r.player_id)
                              >= (upper_part.sort_key, upper_part.achieved_at, upper_part.player_id)
                          AND r.sort_key <= part.sort_key
                        ORDER BY r.sort_key, r.achieved_at, r.player_id LIMIT \(RankStretch.longestSpan)
                    ) AS s), 0)
                + (
                    SELECT count(*) FILTER (WHERE (s.sort_key, s.achieved_at, s.player_id)
                                                < (x.sort_key, x.achieved_at, x.player_id))
                    FROM (
                        SELECT e.sort_key, e.achieved_at, e.player_id FROM entries e
                        WHERE e.game_id = x.game_id AND e.board_id = x.board_id
                          AND (e.sort_key, e.achieved_at, e.player_id)
                              >= (coalesce(part.sort_key, \(Int64.min)), coalesce(part.achieved_at, '-infinity'),
                                  coalesce(part.player_id, \(Int64.min)))
                          AND e.sort_key <= x.sort_key
                        ORDER BY e.sort_key, e.achieved_at, e.player_id LIMIT part.entries
                    ) AS s)
            )::bigint AS entries
        ) AS before
        """
}
