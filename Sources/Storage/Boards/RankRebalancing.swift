package import Leaderboards
package import Postgres

extension Session {
    /// Divides buckets that have grown too large, and joins those that have become small to a neighbour.
    ///
    /// - Parameter probes: A place in each bucket; the counts are right, and the game is locked.
    package func rankBucketsRebalance(at probes: [Probe], game: GameID) throws(PostgresError) {
        var waiting = probes
        while !waiting.isEmpty {
            // One of each leaderboard in a round: a neighbour may have to be mended together with it.
            var boards: Set<BoardID> = []
            var (round, rest): ([Probe], [Probe]) = ([], [])
            for probe in waiting {
                if boards.insert(probe.board).inserted { round.append(probe) } else { rest.append(probe) }
            }
            waiting = rest
            let areas = try outgrownAreas(at: round, game: game)
            try divide(areas, game: game)
            try rebalanceGroups(at: areas.map { Probe(board: $0.board, sortKey: $0.start) }, game: game)
        }
    }

    /// The areas around places, each of another leaderboard, whose buckets have to be laid anew.
    private func outgrownAreas(at probes: [Probe], game: GameID) throws(PostgresError) -> [Area] {
        let found = try pipeline(probes.map { buckets(around: $0, level: 0, game: game) })
        var areas: [Area] = []
        for (probe, rows) in zip(probes, found) {
            let near = try Bucket.decode(rows)
            guard let index = near.lastIndex(where: { !(probe.sortKey < $0.bound) }) else { continue }
            let current = near[index]
            let isSmall = current.entries < RankBuckets.limits.lowerBound
            // It may have been mended together with a bucket beside it.
            guard isSmall || current.entries > RankBuckets.limits.upperBound else { continue }
            guard !isSmall || near.count > 1 else {
                try dropBuckets(of: probe.board, game: game)
                continue
            }
            areas.append(Area(probe.board, index, isJoined: isSmall, of: near))
        }
        return areas
    }

    /// A bucket with its count.
    private struct Bucket {
        let bound: SortKey
        let entries: Int

        static func decode(_ rows: Rows) throws(PostgresError) -> [Bucket] {
            try rows.map { row throws(PostgresError) in
                let (scoreKey, achievedAt, player, entries) = try row.decode(
                    Int64.self,
                    Instant.self,
                    PlayerID.self,
                    Int64.self
                )
                return Bucket(
                    bound: SortKey(scoreKey: scoreKey, achievedAt: achievedAt, player: player),
                    entries: Int(entries)
                )
            }
        }
    }

    /// Buckets beside one another, up to a bound that does not belong to them or, without one, to the end.
    private struct Area {
        let board: BoardID
        let buckets: [Bucket]
        let end: SortKey?

        /// Takes a bucket of a leaderboard, perhaps joined to the one before it or, where that is none, behind it.
        init(_ board: BoardID, _ index: Int, isJoined: Bool = false, of near: [Bucket]) {
            let first = isJoined && index > 0 ? index - 1 : index
            let last = isJoined && index == 0 ? index + 1 : index
            self.board = board
            buckets = Array(near[first...last])
            end = last + 1 < near.count ? near[last + 1].bound : nil
        }

        var start: SortKey { buckets[0].bound }
        var entries: Int64 { Int64(buckets.reduce(0) { $0 + $1.entries }) }

        /// A bound behind all entries where there is none.
        var limit: SortKey {
            end ?? SortKey(scoreKey: .max, achievedAt: start.achievedAt, player: start.player)
        }
    }

    /// The bucket of a place with up to one before and two behind it, in order.
    private func buckets(around probe: Probe, level: Int16, game: GameID) -> Query {
        let place = probe.sortKey
        return """
            SELECT score_key, achieved_at, player_id, entries FROM (
                (SELECT r.* FROM rank_buckets r
                 WHERE r.game_id = \(game) AND r.board_id = \(probe.board) AND r.level = \(level)
                   AND (r.score_key, r.achieved_at, r.player_id)
                       <= (\(place.scoreKey), \(place.achievedAt), \(place.player))
                 ORDER BY r.score_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 2)
                UNION ALL
                (SELECT r.* FROM rank_buckets r
                 WHERE r.game_id = \(game) AND r.board_id = \(probe.board) AND r.level = \(level)
                   AND (r.score_key, r.achieved_at, r.player_id)
                       > (\(place.scoreKey), \(place.achievedAt), \(place.player))
                 ORDER BY r.score_key, r.achieved_at, r.player_id LIMIT 2)
            ) AS near
            ORDER BY score_key, achieved_at, player_id
            """
    }

    private func dropBuckets(of board: BoardID, game: GameID) throws(PostgresError) {
        _ = try pipeline([
            "DELETE FROM rank_buckets WHERE game_id = \(game) AND board_id = \(board)",
            "UPDATE boards SET has_rank_buckets = false WHERE game_id = \(game) AND board_id = \(board)",
        ])
    }

    /// Takes away the groups that begin inside an area, so that its buckets can be laid anew.
    private func joinGroups(inside area: Area, game: GameID) -> [Query] {
        area.buckets.dropFirst().map { bucket in
            let (start, bound) = (area.start, bucket.bound)
            return """
                WITH gone AS (
                    DELETE FROM rank_buckets r
                    WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 1
                      AND r.score_key = \(bound.scoreKey) AND r.achieved_at = \(bound.achievedAt)
                      AND r.player_id = \(bound.player)
                    RETURNING r.entries
                )
                UPDATE rank_buckets c SET entries = c.entries + gone.entries
                FROM gone
                WHERE c.game_id = \(game) AND c.board_id = \(area.board) AND c.level = 1
                  AND (c.score_key, c.achieved_at, c.player_id) = (
                      SELECT r.score_key, r.achieved_at, r.player_id FROM rank_buckets r
                      WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 1
                        AND (r.score_key, r.achieved_at, r.player_id)
                            <= (\(start.scoreKey), \(start.achievedAt), \(start.player))
                      ORDER BY r.score_key DESC, r.achieved_at DESC, r.player_id DESC LIMIT 1)
                """
        }
    }

    /// Lays the buckets of areas anew, all of an area of one size: a small rest would soon have to be joined again.
    private func divide(_ areas: [Area], game: GameID) throws(PostgresError) {
        _ = try pipeline(areas.flatMap { joinGroups(inside: $0, game: game) + division(of: $0, game: game) })
    }

    private func division(of area: Area, game: GameID) -> [Query] {
        let start = area.start
        return deletions(of: area, level: 0, game: game) + [
            """
            INSERT INTO rank_buckets (game_id, board_id, level, score_key, achieved_at, player_id, entries)
            SELECT \(game), \(area.board), 0,
                   CASE WHEN place = 0 THEN \(start.scoreKey) ELSE score_key END,
                   CASE WHEN place = 0 THEN \(start.achievedAt) ELSE achieved_at END,
                   CASE WHEN place = 0 THEN \(start.player) ELSE player_id END,
                   ((place * parts / total + 1) * total + parts - 1) / parts - place
            FROM (
                SELECT e.*, count(*) OVER () AS total,
                       greatest(1, count(*) OVER () / \(Int64(RankBuckets.size))) AS parts,
                       row_number() OVER (ORDER BY e.score_key, e.achieved_at, e.player_id) - 1 AS place
                FROM (
                    -- Their number is known, and ends the scan among equal scores, which a bound would not.
                    SELECT o.score_key, o.achieved_at, o.player_id FROM entries o
                    WHERE o.game_id = \(game) AND o.board_id = \(area.board)
                      AND (o.score_key, o.achieved_at, o.player_id)
                          >= (\(start.scoreKey), \(start.achievedAt), \(start.player))
                    ORDER BY o.score_key, o.achieved_at, o.player_id LIMIT \(area.entries)
                ) AS e
            ) AS p
            WHERE place = 0 OR place * parts / total <> (place - 1) * parts / total
            """,
            // An area without entries still begins where it did.
            """
            INSERT INTO rank_buckets (game_id, board_id, level, score_key, achieved_at, player_id, entries)
            VALUES (\(game), \(area.board), 0, \(start.scoreKey), \(start.achievedAt), \(start.player), 0)
            ON CONFLICT DO NOTHING
            """,
        ]
    }

    /// Divides groups of too many buckets, and joins those of few to a neighbour.
    private func rebalanceGroups(at probes: [Probe], game: GameID) throws(PostgresError) {
        let found = try pipeline(probes.map { buckets(around: $0, level: 1, game: game) })
        var groups: [(near: [Bucket], index: Int, board: BoardID)] = []
        for (probe, rows) in zip(probes, found) {
            let near = try Bucket.decode(rows)
            guard let index = near.lastIndex(where: { !(probe.sortKey < $0.bound) }) else { continue }
            groups.append((near, index, probe.board))
        }
        let counts = try pipeline(
            groups.map { countOfBuckets(in: Area($0.board, $0.index, of: $0.near), game: game) }
        )
        var queries: [Query] = []
        for ((near, index, board), rows) in zip(groups, counts) {
            let count = try rows.first?.decode(Int.self) ?? 0
            let isSmall = count < RankBuckets.groupLimits.lowerBound && near.count > 1
            guard isSmall || count > RankBuckets.groupLimits.upperBound else { continue }
            queries += layOutGroups(of: Area(board, index, isJoined: isSmall, of: near), game: game)
        }
        _ = try pipeline(queries)
    }

    private func countOfBuckets(in area: Area, game: GameID) -> Query {
        let (start, limit) = (area.start, area.limit)
        return """
            SELECT count(*) FILTER (WHERE (s.score_key, s.achieved_at, s.player_id)
                                        < (\(limit.scoreKey), \(limit.achievedAt), \(limit.player)))
            FROM (
                SELECT r.score_key, r.achieved_at, r.player_id FROM rank_buckets r
                WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = 0
                  AND (r.score_key, r.achieved_at, r.player_id)
                      >= (\(start.scoreKey), \(start.achievedAt), \(start.player))
                  AND r.score_key <= \(limit.scoreKey)
                ORDER BY r.score_key, r.achieved_at, r.player_id LIMIT \(RankBuckets.longestUnbalancedGroup)
            ) AS s
            """
    }

    private func layOutGroups(of area: Area, game: GameID) -> [Query] {
        let (start, limit) = (area.start, area.limit)
        let longest = RankBuckets.longestUnbalancedGroup * Int64(area.buckets.count)
        return deletions(of: area, level: 1, game: game) + [
            """
            INSERT INTO rank_buckets (game_id, board_id, level, score_key, achieved_at, player_id, entries)
            SELECT \(game), \(area.board), 1, score_key, achieved_at, player_id, sum
            FROM (
                SELECT s.*, sum(entries) OVER (PARTITION BY place * parts / total)
                FROM (
                    SELECT r.*, count(*) OVER () AS total,
                           greatest(1, count(*) OVER () / \(Int64(RankBuckets.groupSize))) AS parts,
                           row_number() OVER (ORDER BY r.score_key, r.achieved_at, r.player_id) - 1 AS place
                    FROM (
                        SELECT o.* FROM rank_buckets o
                        WHERE o.game_id = \(game) AND o.board_id = \(area.board) AND o.level = 0
                          AND (o.score_key, o.achieved_at, o.player_id)
                              >= (\(start.scoreKey), \(start.achievedAt), \(start.player))
                          AND o.score_key <= \(limit.scoreKey)
                        ORDER BY o.score_key, o.achieved_at, o.player_id LIMIT \(longest)
                    ) AS r
                    WHERE (r.score_key, r.achieved_at, r.player_id)
                        < (\(limit.scoreKey), \(limit.achievedAt), \(limit.player))
                ) AS s
            ) AS t
            WHERE place = 0 OR place * parts / total <> (place - 1) * parts / total
            """
        ]
    }

    private func deletions(of area: Area, level: Int16, game: GameID) -> [Query] {
        area.buckets.map { bucket in
            """
            DELETE FROM rank_buckets r
            WHERE r.game_id = \(game) AND r.board_id = \(area.board) AND r.level = \(level)
              AND r.score_key = \(bucket.bound.scoreKey) AND r.achieved_at = \(bucket.bound.achievedAt)
              AND r.player_id = \(bucket.bound.player)
            """
        }
    }
}
