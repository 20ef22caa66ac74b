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
    /// - Parameter game: From which game; nil from all of the bot's.
    package init(bot: BotID, player: PlayerID, game: GameID?) {
        self.bot = bot
        self.player = player
        self.game = game
    }
}

extension Session {
    /// Lists the bans.
    package func bans() throws(PostgresError) -> [Ban] {
        try query("SELECT bot_id, player_id, game_id FROM bans").map { row throws(PostgresError) in
            let (bot, player, game) = try row.decode(BotID.self, PlayerID.self, GameID?.self)
            return Ban(bot: bot, player: player, game: game)
        }
    }
}

extension Session {
    /// Bans a player; who is banned already stays so.
    package func insertBan(_ ban: Ban) throws(PostgresError) -> Bool {
        try execute(
            """
            INSERT INTO bans (bot_id, player_id, game_id)
            SELECT \(ban.bot), x.player_id, \(ban.game) FROM (SELECT \(ban.player) AS player_id) AS x
            WHERE NOT EXISTS (SELECT FROM erased_bans n WHERE \(unescaped: ErasureSQL.isSame)
                              AND n.bot_id = \(ban.bot) AND n.game_id IS NOT DISTINCT FROM \(ban.game))
            ON CONFLICT DO NOTHING
            """
        ) > 0
    }

    /// Takes a ban back.
    ///
    /// - Parameter ban: Who, and from what; a ban from all games is another one than a ban from each.
    package func deleteBan(_ ban: Ban) throws(PostgresError) -> Bool {
        let named = try execute(
            """
            DELETE FROM bans
            WHERE bot_id = \(ban.bot) AND player_id = \(ban.player) AND game_id IS NOT DISTINCT FROM \(ban.game)
            """
        )
        let erased = try execute(
            """
            DELETE FROM erased_bans n USING (SELECT \(ban.player) AS player_id) AS x
            WHERE \(unescaped: ErasureSQL.isSame)
              AND n.bot_id = \(ban.bot) AND n.game_id IS NOT DISTINCT FROM \(ban.game)
            """
        )
        return named + erased > 0
    }

    /// The bans of one player, those that outlived an erasure included.
    ///
    /// - Returns: The bans by bot and game.
    package func bans(of player: PlayerID) throws(PostgresError) -> [Ban] {
        try query(
            """
            SELECT bot_id, game_id FROM bans WHERE player_id = \(player)
            UNION
            SELECT n.bot_id, n.game_id FROM erased_bans n, (SELECT \(player) AS player_id) AS x
            WHERE \(unescaped: ErasureSQL.isSame)
            ORDER BY bot_id, game_id NULLS FIRST
            """
        ).decode(BotID.self, GameID?.self).map { Ban(bot: $0, player: player, game: $1) }
    }

    /// Whether a ban of a player outlived an erasure.
    ///
    /// - Returns: Whether there is such a ban.
    package func isBannedSinceErasure(_ player: PlayerID) throws(PostgresError) -> Bool {
        try first(
            """
            SELECT 1 FROM erased_bans n, (SELECT \(player) AS player_id) AS x
            WHERE \(unescaped: ErasureSQL.isSame) LIMIT 1
            """
        ) != nil
    }
}

/// Which of some players a game takes no runs of.
package struct BarredPlayers: Hashable, Sendable {
    /// Those who are banned from the game or from all games of the bot.
    package var banned: Set<PlayerID> = []
    /// When players were erased, whose launches from before are no longer good.
    package var erasedAt: [PlayerID: Instant] = [:]

    /// Nobody.
    package init() {}

    /// Whether a player was erased since a launch.
    ///
    /// - Returns: Whether the launch is older than the erasure.
    package func isErased(since launch: Launch) -> Bool {
        erasedAt[launch.player].map { launch.launchedAt <= $0 } ?? false
    }
}

extension Statement where Value == BarredPlayers {
    /// Finds who of some players may not play a game.
    package static func barred(among players: [PlayerID], from game: GameID, of bot: BotID) -> Self {
        // Nobody is hashed where nobody was erased.
        Self(
            """
            SELECT b.player_id, NULL::timestamptz
            FROM unnest(\(players)) AS x (player_id)
            JOIN bans b ON b.bot_id = \(bot) AND b.player_id = x.player_id
            WHERE b.game_id IS NULL OR b.game_id = \(game)
            UNION ALL
            SELECT x.player_id, n.erased_at
            FROM (
                SELECT u.player_id, \(unescaped: ErasureSQL.hash(of: "u.player_id")) AS player_hash
                FROM unnest(\(players)) AS u (player_id)
                WHERE EXISTS (SELECT FROM erased_players) OR EXISTS (SELECT FROM erased_bans)
                OFFSET 0
            ) AS x
            CROSS JOIN LATERAL (
                SELECT e.erased_at FROM erased_players e
                WHERE e.bot_id = \(bot) AND e.player_hash = x.player_hash
                UNION ALL
                SELECT NULL FROM erased_bans n
                WHERE n.bot_id = \(bot) AND n.player_hash = x.player_hash
                  AND (n.game_id IS NULL OR n.game_id = \(game))
            ) AS n
            """
        ) { rows throws(PostgresError) in
            var barred = BarredPlayers()
            for (player, erasedAt) in try rows.decode(PlayerID.self, Instant?.self) {
                if let erasedAt { barred.erasedAt[player] = erasedAt } else { barred.banned.insert(player) }
            }
            return barred
        }
    }
}
