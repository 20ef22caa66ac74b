package import Leaderboards
package import Postgres

/// How much a game's settings apply to already.
package struct GameUse: Hashable, Sendable {
    /// Entries of the global leaderboard over all time: how many people have a score.
    package let players: Int
    /// Leaderboards of chats over all time.
    package let chats: Int
    /// Entries of the first whose scores are outside of what was asked about.
    package let outside: Int

    package init(players: Int, chats: Int, outside: Int = 0) {
        self.players = players
        self.chats = chats
        self.outside = outside
    }
}

extension Statement where Value == GameUse {
    /// - Parameter keys: Between which score keys entries are not counted as outside; nil counts none.
    package static func gameUseGet(of game: GameID, outside keys: ClosedRange<Int64>? = nil) -> Self {
        Self(
            one: """
                SELECT (SELECT coalesce(sum(entries), 0)::bigint FROM boards
                        WHERE game_id = \(game) AND chat_id IS NULL AND window_kind = 'all'),
                       (SELECT count(*) FROM boards
                        WHERE game_id = \(game) AND chat_id IS NOT NULL AND window_kind = 'all'),
                       CASE WHEN \(keys == nil) THEN 0 ELSE (
                           SELECT count(*) FROM boards b
                           JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
                           WHERE b.game_id = \(game) AND b.chat_id IS NULL AND b.window_kind = 'all'
                             AND e.score_key NOT BETWEEN \(keys?.lowerBound ?? 0) AND \(keys?.upperBound ?? 0)) END
                """
        ) { row throws(PostgresError) in
            let (players, chats, outside) = try row.decode(Int.self, Int.self, Int.self)
            return GameUse(players: players, chats: chats, outside: outside)
        }
    }
}
