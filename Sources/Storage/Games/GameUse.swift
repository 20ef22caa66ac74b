package import Leaderboards
package import Postgres

/// How much a game's settings apply to already.
package struct GameUse: Hashable, Sendable {
    /// Entries of the global leaderboard over all time: how many people have a score.
    package let players: Int
    /// Leaderboards of chats over all time.
    package let chats: Int

    /// States the numbers.
    ///
    /// - Parameters:
    ///   - players: How many people have a score.
    ///   - chats: How many chats have a leaderboard.
    package init(players: Int, chats: Int) {
        self.players = players
        self.chats = chats
    }
}

extension Session {
    /// Counts what exists of a game.
    ///
    /// - Returns: The numbers at this moment.
    package func use(of game: GameID) throws(PostgresError) -> GameUse {
        let row = try first(
            """
            SELECT (SELECT count(*) FROM entries e JOIN boards b USING (game_id, board_id)
                    WHERE b.game_id = \(game) AND b.chat_id IS NULL AND b.window_kind = 'all'),
                   (SELECT count(*) FROM boards
                    WHERE game_id = \(game) AND chat_id IS NOT NULL AND window_kind = 'all')
            """
        )
        guard let row else { throw PostgresError(.decoding, "counting a game's entries returned no row") }
        let (players, chats) = try row.decode(Int.self, Int.self)
        return GameUse(players: players, chats: chats)
    }
}

extension Session {
    /// The games that somebody has pressed, or played without a message to press.
    ///
    /// Imported runs tell nothing: they were played before Telegram could be asked.
    package func pressedGames() throws(PostgresError) -> Set<GameID> {
        let games = try query(
            """
            SELECT g.game_id FROM games g
            WHERE EXISTS (SELECT FROM targets t WHERE t.game_id = g.game_id AND t.pressed_at > '-infinity')
               OR EXISTS (SELECT FROM scores s WHERE s.game_id = g.game_id AND s.outcome <> 'i')
            """
        ).decode(GameID.self)
        return Set(games)
    }
}
