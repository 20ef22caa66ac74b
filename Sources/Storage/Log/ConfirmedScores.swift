package import Leaderboards
package import Postgres

/// A run that is to be logged if it betters nothing and what its answer says still holds.
package struct ProposedScore: Sendable {
    package let score: LoggedScore
    /// The score as leaderboards order it.
    package let scoreKey: Int64
    /// The leaderboards where the player must have an entry that is no worse.
    package let narrowest: [BoardID]
    /// The leaderboards on which the answer reports, at the versions by which it does.
    package let reported: [(board: BoardID, version: BoardVersion)]

    package init(
        score: LoggedScore,
        scoreKey: Int64,
        narrowest: [BoardID],
        reported: [(board: BoardID, version: BoardVersion)]
    ) {
        self.score = score
        self.scoreKey = scoreKey
        self.narrowest = narrowest
        self.reported = reported
    }
}

extension Statement where Value == Set<RunID> {
    /// Appends those of some runs to the log for which all holds that they were judged and answered by, and that are not
    /// in it yet; which ones they were.
    ///
    /// - Parameters:
    ///   - game: The game, its lock shared.
    ///   - epoch: The one in which the game and the chats of the runs were as the runs were judged by.
    package static func scoresInsertConfirmed(
        _ proposals: [ProposedScore],
        game: GameID,
        of bot: BotID,
        epoch: GameEpoch
    ) -> Self {
        var versions: [(line: Int64, board: BoardID, version: BoardVersion)] = []
        var entries: [(line: Int64, board: BoardID, player: PlayerID, scoreKey: Int64)] = []
        for (index, proposal) in proposals.enumerated() {
            let line = Int64(index + 1)
            versions += proposal.reported.map { (line, $0.board, $0.version) }
            entries += proposal.narrowest.map { (line, $0, proposal.score.player, proposal.scoreKey) }
        }
        return Self(
            """
            WITH moved AS MATERIALIZED (
                SELECT c.line
                FROM unnest(\(versions.map(\.line)), \(versions.map(\.board)), \(versions.map(\.version)))
                         AS c (line, board_id, version)
                -- Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
                LEFT JOIN LATERAL (
                    SELECT o.version FROM boards o
                    WHERE o.game_id = \(game) AND o.board_id = c.board_id OFFSET 0
                ) AS b ON true
                WHERE b.version IS DISTINCT FROM c.version
                UNION ALL
                SELECT c.line
                FROM unnest(\(entries.map(\.line)), \(entries.map(\.board)), \(entries.map(\.player)),
                            \(entries.map(\.scoreKey))) AS c (line, board_id, player_id, score_key)
                LEFT JOIN LATERAL (
                    SELECT o.score_key FROM entries o
                    WHERE o.game_id = \(game) AND o.board_id = c.board_id AND o.player_id = c.player_id OFFSET 0
                ) AS e ON true
                WHERE e.score_key IS NULL OR e.score_key > c.score_key
            )
            \(unescaped: SQL.insertScores)
            SELECT \(game), \(unescaped: SQL.loggedColumns) FROM \(rows: proposals.map(\.score))
            WHERE EXISTS (SELECT FROM games g WHERE g.game_id = \(game) AND g.epoch = \(epoch))
              AND x.position NOT IN (SELECT m.line FROM moved m)
              -- Nobody is hashed where nobody was erased.
              AND CASE WHEN EXISTS (SELECT FROM erased_players) THEN NOT EXISTS (
                  SELECT FROM erased_players n
                  WHERE n.bot_id = \(bot) AND \(unescaped: SQL.isSamePlayer)
                    AND n.erased_at >= x.launched_at OFFSET 0) ELSE true END
            ON CONFLICT DO NOTHING
            RETURNING run_id
            """
        ) { rows throws(PostgresError) in Set(try rows.decode(RunID.self)) }
    }
}
