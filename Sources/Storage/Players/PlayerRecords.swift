package import Leaderboards
package import Postgres

/// Which players are meant; what is nil does not matter.
package struct PlayerFilter: Hashable, Sendable {
    package var player: PlayerID?
    package var bot: BotID?
    /// Those with an entry on the leaderboard of this game.
    package var game: GameID?
    /// A part of the name or the username, in any case.
    package var name: String?
    /// Only those who may not play everything.
    package var isBanned = false

    package init() {}
}

/// A player as a bot knows them.
package struct PlayerRecord: Hashable, Sendable {
    package let bot: BotRecord
    package let player: PlayerID
    /// The name that leaderboards show; nil when it is unknown or hidden.
    package let name: String?
    package let username: String?
    /// Whether the name is hidden for good.
    package let isAnonymous: Bool
    /// The games, by short name, of which the player has an entry.
    package let games: [String]
    /// What the player may not play: short names of games, `*` for all of the bot's.
    package let bans: [String]
    /// The score of the player's entry of the game that was asked for, of all time and chats; nil without either.
    package let best: Int64?

    fileprivate init(_ row: Row) throws(PostgresError) {
        let (bot, botName, player, first, last, username, isAnonymous, games, bans, best) = try row.decode(
            BotID.self,
            String?.self,
            PlayerID.self,
            String?.self,
            String?.self,
            String?.self,
            Bool.self,
            [String].self,
            [String].self,
            Int64?.self
        )
        self.best = best
        self.bot = BotRecord(id: bot, username: botName)
        self.player = player
        name = PlayerName.display(first: first, last: last)
        self.username = username
        self.isAnonymous = isAnonymous
        self.games = games
        self.bans = bans
    }
}

extension Statement where Value == [PlayerRecord] {
    /// Players by id, each once for every bot that knows them.
    package static func playersList(_ filter: PlayerFilter, limit: Int) -> Self {
        Self(
            each: """
                SELECT p.bot_id, b.username, p.player_id, p.first_name, p.last_name, p.username, p.is_anonymous,
                       ARRAY(SELECT DISTINCT g.short_name FROM games g
                             JOIN boards o ON o.game_id = g.game_id AND o.chat_id IS NULL AND o.window_kind = 'all'
                             JOIN entries e ON e.game_id = o.game_id AND e.board_id = o.board_id
                                               AND e.player_id = p.player_id
                             WHERE g.bot_id = p.bot_id ORDER BY 1),
                       ARRAY(SELECT coalesce(g.short_name, '*') FROM bans n LEFT JOIN games g ON g.game_id = n.game_id
                             WHERE n.bot_id = p.bot_id AND n.player_id = p.player_id ORDER BY 1),
                       (SELECT CASE g.score_order WHEN 'higher' THEN -e.score_key ELSE e.score_key END FROM games g
                        JOIN boards o ON o.game_id = g.game_id AND o.chat_id IS NULL AND o.window_kind = 'all'
                        JOIN entries e ON e.game_id = o.game_id AND e.board_id = o.board_id AND e.player_id = p.player_id
                        WHERE g.game_id = \(filter.game))
                FROM (
                    SELECT bot_id, player_id, first_name, last_name, username, is_anonymous FROM players
                    UNION ALL
                    -- Banned before they ever played.
                    SELECT DISTINCT n.bot_id, n.player_id, NULL, NULL, NULL, false FROM bans n
                    WHERE NOT EXISTS (SELECT FROM players o WHERE o.bot_id = n.bot_id AND o.player_id = n.player_id)
                ) AS p
                JOIN bots b ON b.bot_id = p.bot_id
                WHERE (NOT \(filter.isBanned) OR EXISTS (
                      SELECT FROM bans n WHERE n.bot_id = p.bot_id AND n.player_id = p.player_id))
                  \(and: "p.player_id =", filter.player)
                  \(and: "p.bot_id =", filter.bot)
                  \(and: """
                  EXISTS (SELECT FROM boards o JOIN entries e ON e.game_id = o.game_id AND e.board_id = o.board_id
                  WHERE o.chat_id IS NULL AND o.window_kind = 'all' AND e.player_id = p.player_id AND o.game_id =
                  """, filter.game, ")")
                  \(and: "position(lower(", filter.name, """
                  ) IN lower(concat_ws(chr(10), concat_ws(' ', p.first_name, p.last_name), p.username))) > 0
                  """)
                ORDER BY p.player_id, p.bot_id
                LIMIT \(Int64(limit))
                """,
            PlayerRecord.init
        )
    }
}

extension Statement where Value == [PlayerProfile] {
    /// What bots know of the name of a player.
    package static func playerProfilesList(of player: PlayerID) -> Self {
        Self(
            each: """
                SELECT p.player_id, p.first_name, p.last_name, p.username FROM bots b
                CROSS JOIN LATERAL (
                    SELECT o.* FROM players o WHERE o.bot_id = b.bot_id AND o.player_id = \(player) OFFSET 0
                ) AS p
                ORDER BY b.bot_id
                """,
            PlayerProfile.init
        )
    }

    /// Players of a username, in any case, each once.
    package static func playerProfilesList(called username: String, limit: Int) -> Self {
        Self(
            each: """
                SELECT DISTINCT ON (p.player_id) p.player_id, p.first_name, p.last_name, p.username
                FROM players p WHERE lower(p.username) = lower(\(username))
                ORDER BY p.player_id, p.bot_id
                LIMIT \(Int64(limit))
                """,
            PlayerProfile.init
        )
    }
}

extension PlayerProfile {
    fileprivate init(_ row: Row) throws(PostgresError) {
        let (id, first, last, username) = try row.decode(
            PlayerID.self,
            String?.self,
            String?.self,
            String?.self
        )
        self.init(id: id, firstName: first ?? "", lastName: last, username: username)
    }
}

extension Statement where Value == [String] {
    /// Usernames that begin with a text, in any case: the first by their bytes.
    package static func usernamesList(beginning start: String, limit: Int) -> Self {
        Self(
            column: """
                SELECT DISTINCT x.username
                FROM (SELECT p.username FROM players p
                      WHERE lower(p.username) ~>=~ lower(\(start)) AND lower(p.username) ~<~ (lower(\(start)) || chr(1114111))
                      ORDER BY lower(p.username) USING ~<~
                      LIMIT \(Int64(limit))) AS x
                """
        )
    }
}

extension Query {
    /// Hides the name of a player for good; changes a row for each of the bots that showed the name, or would have.
    package static func playerAnonymise(_ player: PlayerID, of bots: [BotID]) -> Query {
        """
        UPDATE players SET is_anonymous = true, first_name = NULL, last_name = NULL, username = NULL
        WHERE player_id = \(player) AND bot_id = ANY (\(bots)) AND NOT is_anonymous
        """
    }
}

extension Statement where Value == [ChatID?] {
    /// The chats on whose leaderboards a player has an entry, nil for those of the whole game.
    package static func boardOwnersList(of player: PlayerID, game: GameID) -> Self {
        Self(
            column: """
                SELECT DISTINCT b.chat_id FROM boards b
                JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id AND e.player_id = \(player)
                WHERE b.game_id = \(game)
                """
        )
    }
}
