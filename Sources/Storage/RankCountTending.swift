package import Leaderboards
package import Postgres

extension Session {
    /// Divides a stretch that has grown too large, or joins one that has become small to its neighbour.
    ///
    /// - Parameters:
    ///   - probe: A place in the stretch; the counts are right, and the game is locked.
    ///   - game: The game.
    /// - Throws: `PostgresError`.
    package func tendRankCounts(at probe: Probe, game: GameID) throws(PostgresError) {
        let near = try stretches(around: probe, game: game)
        guard let current = near.last(where: { !(probe.standing < $0.bound) }),
            let index = near.firstIndex(where: { $0.bound == current.bound })
        else { return }
        let isSmall = current.entries < RankStretch.limits.lowerBound
        // It may have been mended together with a stretch beside it.
        guard isSmall || current.entries > RankStretch.limits.upperBound else { return }
        let hasPrevious = index > 0
        let hasNext = index + 1 < near.count
        guard !isSmall || hasPrevious || hasNext else {
            return try dropRankCounts(of: probe.board, game: game)
        }
        let first = isSmall && hasPrevious ? near[index - 1] : current
        let endIndex = isSmall && !hasPrevious ? index + 2 : index + 1
        let area = Area(
            board: probe.board,
            start: first.bound,
            end: endIndex < near.count ? near[endIndex].bound : nil
        )
        try joinSpans(inside: area, game: game)
        try divide(area, game: game)
        try tendSpan(at: Probe(board: probe.board, standing: area.start), game: game)
    }

    /// A stretch with its count.
    private struct Stretch {
        let bound: Standing
        let entries: Int
    }

    /// A part of the order, up to a bound that does not belong to it or, without one, to the end.
    private struct Area {
        let board: BoardID
        let start: Standing
        let end: Standing?

        /// A bound behind all entries where there is none.
        var limit: Standing {
            end ?? Standing(sortKey: .max, achievedAt: start.achievedAt, player: start.player)
        }
    }

    /// The stretch of a place with up to one before and two behind it, in order.
    private func stretches(
        around probe: Probe,
        level: Int16 = 0,
        game: GameID
    ) throws(PostgresError) -> [Stretch] {
        let place = probe.standing
        return try query(
            """
            SELECT sort_key, achieved_at, player_id, entries FROM (
                (SELECT r.* FROM rank_counts r
                 WHERE r.game_id = \(game) AND r.board_id = \(probe.board) AND r.level = \(level)
                   AND (r.sort_key, r.achieved_at, r.player_id)
                       <= (\(place.sortKey), \(place.achievedAt), \(place.player))
                 ORDER BY r.sort_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 2)
                UNION ALL
                (SELECT r.* FROM rank_counts r
                 WHERE r.game_id = \(game) AND r.board_id = \(probe.board) AND r.level = \(level)
                   AND (r.sort_key, r.achieved_at, r.player_id)
                       > (\(place.sortKey), \(place.achievedAt), \(place.player))
                 ORDER BY r.sort_key, r.achieved_at, r.player_id LIMIT 2)
            ) AS near
            ORDER BY sort_key, achieved_at, player_id
            """
        ).map { row throws(PostgresError) in
            let (sortKey, achievedAt, player, entries) = try row.decode(
                Int64.self,
                Instant.self,
                PlayerID.self,
                Int64.self
            )
            return Stretch(
                bound: Standing(sortKey: sortKey, achievedAt: achievedAt, player: player),
                entries: Int(entries)
            )
        }
    }

    private func dropRankCounts(of board: BoardID, game: GameID) throws(PostgresError) {
        _ = try pipeline([
            "DELETE FROM rank_counts WHERE game_id = \(game) AND board_id = \(board)",
            "UPDATE boards SET is_counted = false WHERE game_id = \(game) AND board_id = \(board)",
        ])
    }

    /// Takes away the bounds of level 1 that lie inside an area, so that its stretches can be laid anew.
    private func joinSpans(inside area: Area, game: GameID) throws(PostgresError) {
        let (start, limit) = (area.start, area.limit)
        _ = try execute(
            """
            WITH gone AS (
                DELETE FROM rank_counts r
                WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 1
                  AND (r.sort_key, r.achieved_at, r.player_id)
                      > (\(start.sortKey), \(start.achievedAt), \(start.player))
                  AND (r.sort_key, r.achieved_at, r.player_id)
                      < (\(limit.sortKey), \(limit.achievedAt), \(limit.player))
                RETURNING r.entries
            )
            UPDATE rank_counts c SET entries = c.entries + (SELECT sum(entries) FROM gone)
            WHERE c.game_id = \(game) AND c.board_id = \(area.board) AND c.level = 1
              AND EXISTS (SELECT FROM gone)
              AND (c.sort_key, c.achieved_at, c.player_id) = (
                  SELECT r.sort_key, r.achieved_at, r.player_id FROM rank_counts r
                  WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 1
                    AND (r.sort_key, r.achieved_at, r.player_id)
                        <= (\(start.sortKey), \(start.achievedAt), \(start.player))
                  ORDER BY r.sort_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1)
            """
        )
    }

    /// Lays the stretches of an area anew, each of the usual size.
    private func divide(_ area: Area, game: GameID) throws(PostgresError) {
        let (start, limit) = (area.start, area.limit)
        _ = try pipeline([
            deletion(of: area, level: 0, game: game),
            """
            INSERT INTO rank_counts (game_id, board_id, level, sort_key, achieved_at, player_id, entries)
            SELECT \(game), \(area.board), 0,
                   CASE WHEN place = 0 THEN \(start.sortKey) ELSE sort_key END,
                   CASE WHEN place = 0 THEN \(start.achievedAt) ELSE achieved_at END,
                   CASE WHEN place = 0 THEN \(start.player) ELSE player_id END,
                   least(\(Int64(RankStretch.size)), total - place)
            FROM (
                SELECT e.*, count(*) OVER () AS total,
                       row_number() OVER (ORDER BY e.sort_key, e.achieved_at, e.player_id) - 1 AS place
                FROM entries e
                WHERE e.game_id = \(game) AND e.board_id = \(area.board)
                  AND (e.sort_key, e.achieved_at, e.player_id)
                      >= (\(start.sortKey), \(start.achievedAt), \(start.player))
                  AND (e.sort_key, e.achieved_at, e.player_id)
                      < (\(limit.sortKey), \(limit.achievedAt), \(limit.player))
            ) AS p
            WHERE place % \(Int64(RankStretch.size)) = 0
            """,
            // An area without entries still begins where it did.
            """
            INSERT INTO rank_counts (game_id, board_id, level, sort_key, achieved_at, player_id, entries)
            VALUES (\(game), \(area.board), 0, \(start.sortKey), \(start.achievedAt), \(start.player), 0)
            ON CONFLICT DO NOTHING
            """,
        ])
    }

    /// Divides a stretch of level 1 that spans too many of level 0, or joins one that spans few to its neighbour.
    private func tendSpan(at probe: Probe, game: GameID) throws(PostgresError) {
        let near = try stretches(around: probe, level: 1, game: game)
        guard let index = near.lastIndex(where: { !(probe.standing < $0.bound) }) else { return }
        let isSingle = near.count == 1
        let current = Area(
            board: probe.board,
            start: near[index].bound,
            end: index + 1 < near.count ? near[index + 1].bound : nil
        )
        let span = try countStretches(in: current, game: game)
        let isSmall = span < RankStretch.spanLimits.lowerBound && !isSingle
        guard isSmall || span > RankStretch.spanLimits.upperBound else { return }
        let first = isSmall && index > 0 ? index - 1 : index
        let end = isSmall && index == 0 ? index + 2 : index + 1
        try layOutSpans(
            of: Area(
                board: probe.board,
                start: near[first].bound,
                end: end < near.count ? near[end].bound : nil
            ),
            game: game
        )
    }

    private func countStretches(in area: Area, game: GameID) throws(PostgresError) -> Int {
        let (start, limit) = (area.start, area.limit)
        return try first(
            """
            SELECT count(*) FROM rank_counts r
            WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 0
              AND (r.sort_key, r.achieved_at, r.player_id)
                  >= (\(start.sortKey), \(start.achievedAt), \(start.player))
              AND (r.sort_key, r.achieved_at, r.player_id)
                  < (\(limit.sortKey), \(limit.achievedAt), \(limit.player))
            """
        )?.decode(Int.self) ?? 0
    }

    private func layOutSpans(of area: Area, game: GameID) throws(PostgresError) {
        let (start, limit) = (area.start, area.limit)
        _ = try pipeline([
            deletion(of: area, level: 1, game: game),
            """
            INSERT INTO rank_counts (game_id, board_id, level, sort_key, achieved_at, player_id, entries)
            SELECT \(game), \(area.board), 1, sort_key, achieved_at, player_id, total
            FROM (
                SELECT s.*, sum(s.entries) OVER (PARTITION BY s.place / \(Int64(RankStretch.span))) AS total
                FROM (
                    SELECT r.*,
                           row_number() OVER (ORDER BY r.sort_key, r.achieved_at, r.player_id) - 1 AS place
                    FROM rank_counts r
                    WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 0
                      AND (r.sort_key, r.achieved_at, r.player_id)
                          >= (\(start.sortKey), \(start.achievedAt), \(start.player))
                      AND (r.sort_key, r.achieved_at, r.player_id)
                          < (\(limit.sortKey), \(limit.achievedAt), \(limit.player))
                ) AS s
            ) AS t
            WHERE place % \(Int64(RankStretch.span)) = 0
            """,
        ])
    }

    private func deletion(of area: Area, level: Int16, game: GameID) -> Query {
        let (start, limit) = (area.start, area.limit)
        return """
            DELETE FROM rank_counts r
            WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = \(level)
              AND (r.sort_key, r.achieved_at, r.player_id)
                  >= (\(start.sortKey), \(start.achievedAt), \(start.player))
              AND (r.sort_key, r.achieved_at, r.player_id)
                  < (\(limit.sortKey), \(limit.achievedAt), \(limit.player))
            """
    }
}
