package import Leaderboards
package import Postgres

/// A leaderboard with all that is on it.
package struct BoardContent: Sendable {
    package let state: BoardState
    /// In order.
    package let entries: [Entry]
}

extension Statement where Value == [BoardName: BoardContent] {
    /// All entries of those of some leaderboards that are not of a version that is known, and not too many.
    ///
    /// - Parameters:
    ///   - boards: Each at most once, with the version that is known; nil for none.
    ///   - limit: Larger leaderboards are left out.
    package static func entriesList(
        _ boards: [(name: BoardName, version: BoardVersion?)],
        atMost limit: Int,
        game: GameID
    ) -> Self {
        let names = boards.map(\.name)
        return Self(
            """
            SELECT n.number, b.board_id, b.version, b.entries, b.has_rank_buckets,
                   e.score_key, e.achieved_at, e.player_id, e.run_id
            FROM unnest(\(names.map(\.chatNumber)), \(names.map(\.window.rawValue)), \(names.map(\.label)),
                        \(boards.map(\.version))) WITH ORDINALITY AS n (chat_id, window_kind, label, version, number)
            CROSS JOIN LATERAL (
                SELECT o.board_id, o.version, o.entries, o.has_rank_buckets FROM boards o
                WHERE o.game_id = \(game) AND coalesce(o.chat_id, 0) = n.chat_id
                  AND o.window_kind = n.window_kind AND o.label = n.label OFFSET 0
            ) AS b
            CROSS JOIN LATERAL (
                SELECT o.score_key, o.achieved_at, o.player_id, o.run_id FROM entries o
                WHERE o.game_id = \(game) AND o.board_id = b.board_id
                ORDER BY o.score_key, o.achieved_at, o.player_id OFFSET 0
            ) AS e
            WHERE b.version IS DISTINCT FROM n.version AND b.entries <= \(Int64(limit))
            ORDER BY n.number, e.score_key, e.achieved_at, e.player_id
            """
        ) { rows throws(PostgresError) in
            var found: [Int: (state: BoardState, entries: [Entry])] = [:]
            for row in rows {
                let (number, board, version, total, hasRankBuckets, scoreKey, achievedAt, player, run) =
                    try row.decode(
                        Int.self,
                        BoardID.self,
                        BoardVersion.self,
                        Int.self,
                        Bool.self,
                        Int64.self,
                        Instant.self,
                        PlayerID.self,
                        RunID.self
                    )
                let sortKey = SortKey(scoreKey: scoreKey, achievedAt: achievedAt, player: player)
                let state = BoardState(
                    id: board,
                    version: version,
                    total: total,
                    hasRankBuckets: hasRankBuckets
                )
                found[number, default: (state, [])].entries.append(Entry(sortKey: sortKey, run: run))
            }
            return Dictionary(
                uniqueKeysWithValues: found.map { number, board in
                    (names[number - 1], BoardContent(state: board.state, entries: board.entries))
                }
            )
        }
    }
}
