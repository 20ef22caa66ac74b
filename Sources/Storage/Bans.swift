package import Leaderboards
package import Postgres

/// Who may not play what.
package struct Ban: Hashable, Sendable {
    package let bot: BotID
    package let player: PlayerID
    /// Nil bans from every game of the bot.
    package let game: GameID?

    /// Describes a ban.
    ///
    /// - Parameters:
    ///   - bot: The bot.
    ///   - player: Who is banned.
    ///   - game: From which game; nil from all of the bot's.
    package init(bot: BotID, player: PlayerID, game: GameID?) {
        self.bot = bot
        self.player = player
        self.game = game
    }
}

extension Session {
    /// Lists the bans.
    ///
    /// - Returns: All bans.
    /// - Throws: `PostgresError`.
    package func bans() throws(PostgresError) -> [Ban] {
        try query("SELECT bot_id, player_id, game_id FROM bans").map { row throws(PostgresError) in
            let (bot, player, game) = try row.decode(BotID.self, PlayerID.self, GameID?.self)
            return Ban(bot: bot, player: player, game: game)
        }
    }

    /// Finds who of some players may not play a game.
    ///
    /// - Parameters:
    ///   - players: The players asked about.
    ///   - game: The game.
    /// - Returns: Those who are banned from it or from all games of its bot.
    /// - Throws: `PostgresError`.
    package func banned(
        among players: [PlayerID],
        from game: Game
    ) throws(PostgresError) -> Set<PlayerID> {
        let rows = try query(
            """
            SELECT DISTINCT player_id FROM bans
            WHERE bot_id = \(game.bot) AND player_id = ANY (\(players))
              AND (game_id IS NULL OR game_id = \(game.id))
            """
        )
        return Set(try rows.map { row throws(PostgresError) in try row.decode(PlayerID.self) })
    }
}
