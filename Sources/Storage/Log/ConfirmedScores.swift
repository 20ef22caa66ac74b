package import Leaderboards
package import Postgres

/// A run that is to be logged if it betters nothing and what its answer says still holds.
package struct ProposedRun: Sendable {
    /// A leaderboard where the player must have an entry that is no worse than a score, as leaderboards order it.
    package typealias Narrow = (game: GameID, board: BoardID, scoreKey: Int64)
    /// A leaderboard on which the answer reports, at the version by which it does.
    package typealias Reported = (game: GameID, board: BoardID, version: BoardVersion)

    package let run: LoggedRun
    package let narrowest: [Narrow]
    package let reported: [Reported]

    package init(run: LoggedRun, narrowest: [Narrow], reported: [Reported]) {
        self.run = run
        self.narrowest = narrowest
        self.reported = reported
    }
}

extension Statement where Value == Set<RunID> {
    /// Appends those of some runs to the logs for which all holds that they were judged and answered by, and that are not
    /// in them yet; which ones they were.
    ///
    /// - Parameters:
    ///   - game: The game; its lock and those of the boards that the runs feed are shared.
    ///   - epochs: Those in which the game, the boards and the chats of the runs were as the runs were judged by.
    package static func scoresInsertConfirmed(
        _ proposals: [ProposedRun],
        game: GameID,
        of bot: BotID,
        epochs: [(game: GameID, epoch: GameEpoch)]
    ) -> Self {
        var reported: [(line: Int64, board: ProposedRun.Reported)] = []
        var entries: [(line: Int64, player: PlayerID, entry: ProposedRun.Narrow)] = []
        for (index, proposal) in proposals.enumerated() {
            let line = Int64(index + 1)
            for board in proposal.reported { reported.append((line, board)) }
            for entry in proposal.narrowest { entries.append((line, proposal.run.score.player, entry)) }
        }
        return Self(
            """
            WITH renewed AS MATERIALIZED (
                SELECT k.game_id FROM unnest(\(epochs.map(\.game)), \(epochs.map(\.epoch))) AS k (game_id, epoch)
                LEFT JOIN LATERAL (SELECT o.epoch FROM games o WHERE o.game_id = k.game_id OFFSET 0) AS g ON true
                WHERE g.epoch IS DISTINCT FROM k.epoch
            ), moved AS MATERIALIZED (
                SELECT c.line
                FROM unnest(\(reported.map(\.line)), \(reported.map(\.board.game)), \(reported.map(\.board.board)),
                            \(reported.map(\.board.version))) AS c (line, game_id, board_id, version)
                -- Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
                LEFT JOIN LATERAL (
                    SELECT o.version FROM boards o
                    WHERE o.game_id = c.game_id AND o.board_id = c.board_id OFFSET 0
                ) AS b ON true
                WHERE b.version IS DISTINCT FROM c.version OR c.game_id IN (SELECT r.game_id FROM renewed r)
                UNION ALL
                SELECT c.line
                FROM unnest(\(entries.map(\.line)), \(entries.map(\.entry.game)), \(entries.map(\.entry.board)),
                            \(entries.map(\.player)), \(entries.map(\.entry.scoreKey)))
                         AS c (line, game_id, board_id, player_id, score_key)
                LEFT JOIN LATERAL (
                    SELECT o.score_key FROM entries o
                    WHERE o.game_id = c.game_id AND o.board_id = c.board_id AND o.player_id = c.player_id OFFSET 0
                ) AS e ON true
                WHERE e.score_key IS NULL OR e.score_key > c.score_key
                \(unionOfRepeated: proposals.map(\.run), game: game)
            )
            \(unescaped: SQL.insertScores)
            SELECT \(unescaped: SQL.loggedColumns) FROM \(rowsOf: proposals.map(\.run), game: game)
            WHERE NOT EXISTS (SELECT FROM renewed r WHERE r.game_id = \(game))
              AND x.line NOT IN (SELECT m.line FROM moved m)
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
