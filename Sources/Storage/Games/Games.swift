package import Leaderboards
package import Postgres

/// 64 random bits that every transaction draws anew that changes how runs of a game are judged, where they count, or
/// what counts already.
package struct GameEpoch: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A game as an operator describes it, before the database gives it an id.
package struct GameDraft: Sendable {
    package var bot: BotID
    package var shortName: String
    /// The game that a declared board is of; nil for a game.
    package var root: GameID?
    package var board: String
    package var title: String
    package var url: String
    package var rules: GameRules
    package var isEnabled: Bool
    /// Whether a declared board was taken away.
    package var isRemoved = false
    package var isPublic: Bool
    /// Whether its global leaderboard names Telegram ids.
    package var showsIdentity: Bool

    package init(
        bot: BotID,
        shortName: String,
        root: GameID? = nil,
        board: String = Game.mainBoard,
        title: String,
        url: String,
        rules: GameRules = GameRules(),
        isEnabled: Bool = true,
        isPublic: Bool = false,
        showsIdentity: Bool = false
    ) {
        self.bot = bot
        self.shortName = shortName
        self.root = root
        self.board = board
        self.title = title
        self.url = url
        self.rules = rules
        self.isEnabled = isEnabled
        self.isPublic = isPublic
        self.showsIdentity = showsIdentity
    }
}

extension Query.StringInterpolation {
    /// Binds the settings of a draft, in the order of ``GameColumn/all``.
    fileprivate mutating func appendInterpolation(settingsOf draft: GameDraft) {
        for (index, column) in GameColumn.all.enumerated() {
            if index > 0 { appendLiteral(", ") }
            column.bind(draft, &self)
        }
    }
}

extension Game {
    private static let settings = GameColumn.all.map(\.name)

    /// What ``init(_:)`` reads of a game `g` and its bot `b`.
    fileprivate static let columns = """
        g.game_id, g.token_id, g.bot_id, coalesce(b.username, b.bot_id::text), g.short_name, g.is_stale,
        g.log_whole_from, g.root_id, g.board, g.seed_key, \(settings.map { "g.\($0)" }.joined(separator: ", "))
        """

    fileprivate static let settingNames = settings.joined(separator: ", ")

    fileprivate static let select = "SELECT \(columns) FROM games g JOIN bots b USING (bot_id)"

    fileprivate init(_ row: Row) throws(PostgresError) {
        let id = try row.decode(column: 0, as: GameID.self)
        var draft = GameDraft(
            bot: try row.decode(column: 2),
            shortName: try row.decode(column: 4),
            title: "",
            url: ""
        )
        for (index, column) in GameColumn.all.enumerated() {
            guard try column.read(row, index + 10, &draft) else {
                throw PostgresError(.decoding, "game \(id) has settings that this version does not know")
            }
        }
        self.init(
            id: id,
            root: try row.decode(column: 7),
            board: try row.decode(column: 8),
            tokenID: try row.decode(column: 1),
            bot: draft.bot,
            botUsername: try row.decode(column: 3),
            shortName: draft.shortName,
            title: draft.title,
            url: draft.url,
            rules: draft.rules,
            isEnabled: draft.isEnabled,
            isPublic: draft.isPublic,
            showsIdentity: draft.showsIdentity,
            isStale: try row.decode(column: 5),
            isRemoved: draft.isRemoved,
            seedKey: try row.decode(column: 9, as: Bytea?.self)?.bytes,
            logWholeFrom: try row.decode(column: 6)
        )
    }
}

extension Statement where Value == [Game] {
    /// All games by bot and short name.
    package static func gamesList() -> Self {
        Self(
            each: "\(unescaped: Game.select) WHERE g.root_id IS NULL ORDER BY g.bot_id, g.short_name",
            Game.init
        )
    }

    /// All games with the boards that were declared for them, removed or not, each game before its boards.
    package static func gamesListWithBoards() -> Self {
        Self(
            each: """
                \(unescaped: Game.select)
                ORDER BY g.bot_id, g.short_name, g.root_id NULLS FIRST, g.board
                """,
            Game.init
        )
    }

    /// Games, or boards of one, as they are now; those that are gone are left out.
    package static func gamesGet(_ ids: [GameID]) -> Self {
        // Each by itself (OFFSET 0), so that it is found by its key however few games there are.
        Self(
            each: """
                SELECT \(unescaped: Game.columns)
                FROM unnest(\(ids)) AS x (game_id)
                CROSS JOIN LATERAL (
                    SELECT * FROM games o WHERE o.game_id = x.game_id AND NOT o.is_removed OFFSET 0
                ) AS g
                JOIN bots b USING (bot_id)
                """,
            Game.init
        )
    }

    /// The games that have leaderboards of some chats.
    package static func gamesList(withBoardsOf chats: [ChatID]) -> Self {
        Self(
            each: """
                \(unescaped: Game.select)
                WHERE g.game_id IN (SELECT o.game_id FROM boards o WHERE o.chat_id = ANY (\(chats)))
                ORDER BY g.game_id
                """,
            Game.init
        )
    }
}

extension Statement where Value == Game? {
    /// A game as it is now; nil when there is none.
    package static func gameGet(_ id: GameID) -> Self {
        // By itself (OFFSET 0), so that the game is found by its key however few games there are.
        Self(
            first: """
                SELECT \(unescaped: Game.columns)
                FROM (SELECT * FROM games o WHERE o.game_id = \(id) OFFSET 0) AS g JOIN bots b USING (bot_id)
                """,
            Game.init
        )
    }
}

extension Statement where Value == [GameID: GameEpoch] {
    /// The epochs of games, or of boards of one; those that are gone are left out.
    package static func gameEpochsGet(of ids: [GameID]) -> Self {
        Self(
            """
            SELECT x.game_id, g.epoch
            FROM unnest(\(ids)) AS x (game_id)
            CROSS JOIN LATERAL (SELECT o.epoch FROM games o WHERE o.game_id = x.game_id OFFSET 0) AS g
            """
        ) { rows throws(PostgresError) in
            Dictionary(
                uniqueKeysWithValues: try rows.decode(GameID.self, GameEpoch.self).map { ($0.0, $0.1) }
            )
        }
    }
}

extension Statement where Value == GameID {
    /// Adds a game, whose bot is stored already.
    ///
    /// The bot must have no game of that name: constraint `games_short_name_unique`.
    package static func gameInsert(_ draft: GameDraft) -> Self {
        Self(
            cell: """
                INSERT INTO games (bot_id, short_name, root_id, board, \(unescaped: Game.settingNames))
                VALUES (\(draft.bot), \(draft.shortName), \(draft.root), \(draft.board), \(settingsOf: draft))
                RETURNING game_id
                """
        )
    }
}

extension Query {
    /// Changes all settings of a game; bot and short name stay.
    package static func gameUpdate(_ id: GameID, to draft: GameDraft) -> Query {
        """
        UPDATE games SET (\(unescaped: Game.settingNames)) = ROW (\(settingsOf: draft))
        WHERE game_id = \(id)
        """
    }

    /// Begins an epoch of a game, which is locked.
    static func gameEpochRenew(of game: GameID) -> Query {
        "UPDATE games SET epoch = DEFAULT WHERE game_id = \(game)"
    }

    /// Notes that a game's leaderboards were made anew by its present rules.
    package static func gameClearStale(_ id: GameID) -> Query {
        "UPDATE games SET is_stale = false WHERE game_id = \(id) AND is_stale"
    }
}

extension Statement where Value == Set<GameID> {
    /// The games that somebody has pressed, or played without a message to press.
    package static func gamesListPressed() -> Self {
        // Imported runs tell nothing: they were played before Telegram could be asked.
        Self(
            """
            SELECT g.game_id FROM games g
            WHERE EXISTS (SELECT FROM targets t WHERE t.game_id = g.game_id AND t.pressed_at > '-infinity')
               OR EXISTS (SELECT FROM scores s WHERE s.game_id = g.game_id AND s.outcome <> 'i')
            """
        ) { rows throws(PostgresError) in Set(try rows.decode(GameID.self)) }
    }
}
