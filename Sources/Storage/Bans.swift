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
}

extension Session {
    /// Bans a player; who is banned already stays so.
    ///
    /// - Parameter ban: Who, and from what.
    /// - Returns: Whether that is new.
    /// - Throws: `PostgresError`.
    package func insertBan(_ ban: Ban) throws(PostgresError) -> Bool {
        try execute(
            """
            INSERT INTO bans (bot_id, player_id, game_id) VALUES (\(ban.bot), \(ban.player), \(ban.game))
            ON CONFLICT DO NOTHING
            """
        ) > 0
    }

    /// Takes a ban back.
    ///
    /// - Parameter ban: Who, and from what; a ban from all games is another one than a ban from each.
    /// - Returns: Whether there was one.
    /// - Throws: `PostgresError`.
    package func deleteBan(_ ban: Ban) throws(PostgresError) -> Bool {
        try execute(
            """
            DELETE FROM bans
            WHERE bot_id = \(ban.bot) AND player_id = \(ban.player) AND game_id IS NOT DISTINCT FROM \(ban.game)
            """
        ) > 0
    }
}

extension Statement where Value == Set<PlayerID> {
    /// Finds who of some players may not play a game.
    ///
    /// - Parameters:
    ///   - players: The players asked about.
    ///   - game: The game.
    ///   - bot: Its bot.
    /// - Returns: The statement; its value are those banned from the game or from all games of the bot.
    package static func banned(among players: [PlayerID], from game: GameID, of bot: BotID) -> Self {
        Self(
            """
            SELECT DISTINCT b.player_id
            FROM unnest(\(players)) AS x (player_id)
            JOIN bans b ON b.bot_id = \(bot) AND b.player_id = x.player_id
            WHERE b.game_id IS NULL OR b.game_id = \(game)
            """
        ) { rows throws(PostgresError) in Set(try rows.decode(PlayerID.self)) }
    }
}
