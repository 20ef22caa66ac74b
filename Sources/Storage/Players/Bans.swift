package import Leaderboards
package import Postgres

/// Who may not play what.
package struct Ban: Hashable, Sendable {
    package let bot: BotID
    package let player: PlayerID
    /// Nil bans from every game of the bot; it is another ban than one from each.
    package let game: GameID?

    package init(bot: BotID, player: PlayerID, game: GameID?) {
        self.bot = bot
        self.player = player
        self.game = game
    }
}

extension Statement where Value == [Ban] {
    /// The bans of players who are known by their ids.
    package static func bansList() -> Self {
        Self("SELECT bot_id, player_id, game_id FROM bans") { rows throws(PostgresError) in
            try rows.decode(BotID.self, PlayerID.self, GameID?.self).map {
                Ban(bot: $0, player: $1, game: $2)
            }
        }
    }

    /// The bans of one player by bot and game, those that outlived an erasure included.
    package static func bansList(of player: PlayerID) -> Self {
        Self(
            """
            SELECT bot_id, game_id FROM bans WHERE player_id = \(player)
            UNION
            SELECT n.bot_id, n.game_id FROM erased_bans n, (SELECT \(player) AS player_id) AS x
            WHERE \(unescaped: SQL.isSamePlayer)
            ORDER BY bot_id, game_id NULLS FIRST
            """
        ) { rows throws(PostgresError) in
            try rows.decode(BotID.self, GameID?.self).map { Ban(bot: $0, player: player, game: $1) }
        }
    }
}

extension Statement where Value == Bool {
    /// Bans a player; whether they were not banned before.
    package static func banInsert(_ ban: Ban) -> Self {
        Self(
            anyRow: """
                INSERT INTO bans (bot_id, player_id, game_id)
                SELECT \(ban.bot), x.player_id, \(ban.game) FROM (SELECT \(ban.player) AS player_id) AS x
                WHERE NOT EXISTS (SELECT FROM erased_bans n WHERE \(unescaped: SQL.isSamePlayer)
                                  AND n.bot_id = \(ban.bot) AND n.game_id IS NOT DISTINCT FROM \(ban.game))
                ON CONFLICT DO NOTHING
                """
        )
    }

    /// Takes a ban back; whether there was one.
    package static func banDelete(_ ban: Ban) -> Self {
        Self(
            anyRow: """
                WITH named AS (
                    DELETE FROM bans
                    WHERE bot_id = \(ban.bot) AND player_id = \(ban.player)
                      AND game_id IS NOT DISTINCT FROM \(ban.game)
                    RETURNING 1
                ), erased AS (
                    DELETE FROM erased_bans n USING (SELECT \(ban.player) AS player_id) AS x
                    WHERE \(unescaped: SQL.isSamePlayer)
                      AND n.bot_id = \(ban.bot) AND n.game_id IS NOT DISTINCT FROM \(ban.game)
                    RETURNING 1
                )
                TABLE named UNION ALL TABLE erased
                """
        )
    }

    /// Whether a ban of a player outlived an erasure.
    package static func bansOutliveErasure(of player: PlayerID) -> Self {
        Self(
            anyRow: """
                SELECT 1 FROM erased_bans n, (SELECT \(player) AS player_id) AS x
                WHERE \(unescaped: SQL.isSamePlayer) LIMIT 1
                """
        )
    }
}

/// Which of some players a game takes no runs of.
package struct BarredPlayers: Hashable, Sendable {
    /// Those who are banned from the game or from all games of the bot.
    package var banned: Set<PlayerID> = []
    /// When players were erased, whose launches from before are no longer good.
    package var erasedAt: [PlayerID: Instant] = [:]

    package init() {}

    package func isErased(since launch: Launch) -> Bool { isErased(launch.player, since: launch.launchedAt) }

    /// Whether a player was erased since a moment, so that nothing from then may be stored.
    package func isErased(_ player: PlayerID, since time: Instant) -> Bool {
        erasedAt[player].map { time <= $0 } ?? false
    }
}

extension Statement where Value == BarredPlayers {
    /// Finds who of some players may not play a game.
    package static func playersBarred(among players: [PlayerID], from game: GameID, of bot: BotID) -> Self {
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
                SELECT u.player_id, \(unescaped: SQL.playerHash(of: "u.player_id")) AS player_hash
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
