package import Leaderboards
package import Postgres

extension Statement where Value == Instant {
    /// The server's time, for operators, who do not work by a service's clock.
    package static func timeGet() -> Self { Self(cell: "SELECT now()") }
}

extension Statement where Value == Bool {
    /// Whether the log has a run that counts in a chat, or one merged into it, and began before a moment.
    package static func runsExist(in chat: ChatID, of game: GameID, before limit: Instant) -> Self {
        // Whoever has a run that counts in a chat has an entry there, so only few rows of the log are looked at.
        Self(
            cell: """
                SELECT EXISTS (
                    SELECT FROM scores s
                    WHERE s.game_id = \(game) AND s.started_at < \(limit) AND s.outcome <> 'r'
                      AND s.chat_id IN (SELECT c.chat_id FROM chats c WHERE c.chat_id = \(chat) OR c.merged_into = \(chat))
                      AND s.player_id IN (
                          SELECT e.player_id FROM boards b
                          JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
                          WHERE b.game_id = \(game) AND b.chat_id = \(chat) AND b.window_kind = 'all'))
                """
        )
    }
}

extension Statement where Value == [PlayerID: Int] {
    /// Counts the runs of a game that players submitted after a moment, not long ago, whatever became of them and whichever
    /// boards they feed; only players who submitted any.
    package static func runsCount(of players: [PlayerID], since: Instant, game: GameID) -> Self {
        Self(
            """
            SELECT x.player_id, s.runs
            FROM unnest(\(players)) AS x (player_id)
            CROSS JOIN LATERAL (
                SELECT count(*) AS runs FROM scores l
                WHERE l.game_id = \(game) AND l.player_id = x.player_id AND l.accepted_at > \(since)
                  -- A launch lives hours or days, so tables of older months need not be looked at.
                  AND l.launched_at > \(since + .seconds(-32 * 24 * 3600))
            ) AS s
            WHERE s.runs > 0
            """
        ) { rows throws(PostgresError) in
            Dictionary(uniqueKeysWithValues: try rows.decode(PlayerID.self, Int.self))
        }
    }
}

extension Statement where Value == [PlayerID: PlayerUsage] {
    /// Adds up what pages submitted for players over all games of a bot since a moment, not long ago.
    ///
    /// It has only players who submitted any; runs of keys and imports do not count.
    ///
    /// - Parameter limit: How many runs of a player are looked at at most.
    package static func runsUsage(of players: [PlayerID], since: Instant, bot: BotID, limit: Int) -> Self {
        Self(
            """
            SELECT x.player_id, s.runs, s.bytes
            FROM unnest(\(players)) AS x (player_id)
            CROSS JOIN LATERAL (
                SELECT count(*) AS runs, coalesce(sum(octet_length(l.metadata::text)), 0)::bigint AS bytes
                FROM (
                    SELECT l.metadata
                    -- A game's own log has a row of every run, whichever boards it feeds.
                    FROM (SELECT g.game_id FROM games g WHERE g.bot_id = \(bot) AND g.root_id IS NULL OFFSET 0) AS g
                    CROSS JOIN LATERAL (
                        SELECT l.metadata, l.run_id, l.outcome FROM scores l
                        WHERE l.game_id = g.game_id AND l.player_id = x.player_id AND l.accepted_at >= \(since)
                          AND l.launched_at > \(since + .seconds(-32 * 24 * 3600)) OFFSET 0
                    ) AS l
                    WHERE l.outcome <> 'i'
                      AND NOT EXISTS (
                          SELECT FROM server_runs r WHERE r.game_id = g.game_id AND r.run_id = l.run_id OFFSET 0)
                    LIMIT \(Int64(limit))
                ) AS l
            ) AS s
            WHERE s.runs > 0
            """
        ) { rows throws(PostgresError) in
            let usages = try rows.decode(PlayerID.self, Int.self, Int.self).map {
                ($0, PlayerUsage(runs: $1, bytes: $2))
            }
            return Dictionary(uniqueKeysWithValues: usages)
        }
    }
}
