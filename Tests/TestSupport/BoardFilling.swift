package import Leaderboards
package import Postgres
package import Storage

extension Session {
    /// Makes the global leaderboard of all time and those of some days, each with many entries of few different scores,
    /// as grown tables have them.
    ///
    /// - Parameters:
    ///   - days: How many leaderboards stand beside the first.
    ///   - hasRankBuckets: Whether ranks are counted by buckets.
    /// - Returns: The leaderboard of all time.
    @discardableResult
    package func fillBoards(
        of game: GameID,
        days: Int = 20,
        entries: Int64 = 2000,
        hasRankBuckets: Bool = true
    ) throws(PostgresError) -> BoardID {
        let name = BoardName(chat: nil)
        let others = (1...days).map { BoardName(chat: nil, window: .day, label: "day \($0)") }
        let boards = try boardsResolve([name] + others, game: game)
        guard let board = boards[name] else { throw PostgresError(.decoding, "no board") }
        try execute(
            """
            INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
            SELECT game_id, board_id, n, -(n % 100), to_timestamp(n), gen_random_uuid()
            FROM boards CROSS JOIN generate_series(1, \(entries)) AS n
            """
        )
        try execute("UPDATE boards SET entries = \(entries)")
        if hasRankBuckets { try rankBucketsRebuild(of: Array(boards.values), game: game) }
        return board
    }
}
