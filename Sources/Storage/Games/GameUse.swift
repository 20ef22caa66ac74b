package import Leaderboards
package import Postgres

/// How much a game's settings apply to already.
package struct GameUse: Hashable, Sendable {
    /// Entries of the global leaderboard over all time: how many people have a score.
    package let players: Int
    /// Leaderboards of chats over all time.
    package let chats: Int

    package init(players: Int, chats: Int) {
        self.players = players
        self.chats = chats
    }
}

extension Statement where Value == GameUse {
    package static func gameUseGet(of game: GameID) -> Self {
        Self(
            one: """
                SELECT (SELECT coalesce(sum(entries), 0)::bigint FROM boards
                        WHERE game_id = \(game) AND chat_id IS NULL AND window_kind = 'all'),
                       (SELECT count(*) FROM boards
                        WHERE game_id = \(game) AND chat_id IS NOT NULL AND window_kind = 'all')
                """
        ) { row throws(PostgresError) in
            let (players, chats) = try row.decode(Int.self, Int.self)
            return GameUse(players: players, chats: chats)
        }
    }
}
