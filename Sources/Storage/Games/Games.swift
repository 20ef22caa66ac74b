package import Leaderboards
package import Postgres

/// A game as an operator describes it, before the database gives it an id.
package struct GameDraft: Sendable {
    package var bot: BotID
    package var shortName: String
    package var title: String
    package var url: String
    package var rules: GameRules
    package var isEnabled: Bool
    package var isPublic: Bool
    /// Whether its global leaderboard names Telegram ids.
    package var showsIdentity: Bool

    package init(
        bot: BotID,
        shortName: String,
        title: String,
        url: String,
        rules: GameRules = GameRules(),
        isEnabled: Bool = true,
        isPublic: Bool = false,
        showsIdentity: Bool = false
    ) {
        self.bot = bot
        self.shortName = shortName
        self.title = title
        self.url = url
        self.rules = rules
        self.isEnabled = isEnabled
        self.isPublic = isPublic
        self.showsIdentity = showsIdentity
    }
}

/// The columns of games that operators set, in the order of `\(settingsOf:)` and of `Game.init(_:)`.
private let settings = [
    "title", "url", "is_enabled", "is_public", "shows_identity", "score_order", "keep", "zone", "seasons",
    "telegram_score", "edit_message", "min_score", "max_score", "max_score_per_second", "min_seconds",
    "max_per_hour",
    "holding_rules", "accepting_rules", "shadows_rules", "retention",
]

extension Query.StringInterpolation {
    fileprivate mutating func appendInterpolation(settingsOf draft: GameDraft) {
        let (rules, bounds) = (draft.rules, draft.rules.bounds)
        append(draft.title, draft.url, draft.isEnabled, draft.isPublic, draft.showsIdentity)
        appendLiteral(", ")
        append(rules.order.rawValue, rules.keep.rawValue, rules.zone, rules.seasons)
        appendLiteral(", ")
        append(rules.telegramScore.description, rules.messageEdits.description)
        appendLiteral(", ")
        append(bounds.minimum, bounds.maximum, bounds.maximumPerSecond, bounds.minimumSeconds)
        appendLiteral(", ")
        append(bounds.maximumPerHour, bounds.names(of: .hold), bounds.names(of: .accept), bounds.isShadow)
        appendLiteral(", ")
        append(rules.retention.rawValue)
    }

    private mutating func append<each Cell: PostgresCell>(_ values: repeat each Cell) {
        var separator = ""
        for value in repeat each values {
            appendLiteral(separator)
            appendInterpolation(value)
            separator = ", "
        }
    }
}

extension Game {
    /// What ``init(_:)`` reads of a game `g` and its bot `b`.
    fileprivate static let columns = """
        g.game_id, g.token_id, g.bot_id, coalesce(b.username, b.bot_id::text), g.short_name, g.is_stale,
        g.log_whole_from, \(settings.map { "g.\($0)" }.joined(separator: ", "))
        """

    fileprivate static let select = "SELECT \(columns) FROM games g JOIN bots b USING (bot_id)"

    fileprivate init(_ row: Row) throws(PostgresError) {
        let (
            id, tokenID, bot, username, shortName, isStale, logWholeFrom, title, url, isEnabled, isPublic,
            showsIdentity, order, keep, zone, seasons, telegramScore, messageEdits, minimum, maximum,
            maximumPerSecond, minimumSeconds, maximumPerHour, holding, accepting, isShadow, retention
        ) = try row.decode(
            GameID.self,
            GameTokenID.self,
            BotID.self,
            String.self,
            String.self,
            Bool.self,
            Instant?.self,
            String.self,
            String.self,
            Bool.self,
            Bool.self,
            Bool.self,
            String.self,
            String.self,
            String.self,
            [Instant].self,
            String.self,
            String.self,
            Int32?.self,
            Int32?.self,
            Double?.self,
            Double?.self,
            Int32?.self,
            [String].self,
            [String].self,
            Bool.self,
            String.self
        )
        guard let order = GameRules.Order(rawValue: order), let keep = GameRules.Keep(rawValue: keep),
            let telegramScore = TelegramScore(telegramScore),
            let retention = GameRules.Retention(rawValue: retention),
            let messageEdits = MessageEdits(messageEdits),
            let outcomes = ScoreBounds.outcomes(holding: holding, accepting: accepting)
        else {
            throw PostgresError(.decoding, "game \(id) has settings that this version does not know")
        }
        self.init(
            id: id,
            tokenID: tokenID,
            bot: bot,
            botUsername: username,
            shortName: shortName,
            title: title,
            url: url,
            rules: GameRules(
                order: order,
                keep: keep,
                zone: zone,
                seasons: seasons,
                telegramScore: telegramScore,
                messageEdits: messageEdits,
                bounds: ScoreBounds(
                    minimum: minimum,
                    maximum: maximum,
                    maximumPerSecond: maximumPerSecond,
                    minimumSeconds: minimumSeconds,
                    maximumPerHour: maximumPerHour,
                    outcomes: outcomes,
                    isShadow: isShadow
                ),
                retention: retention
            ),
            isEnabled: isEnabled,
            isPublic: isPublic,
            showsIdentity: showsIdentity,
            isStale: isStale,
            logWholeFrom: logWholeFrom
        )
    }
}

extension Statement where Value == [Game] {
    /// All games by bot and short name.
    package static func gamesList() -> Self {
        Self(each: "\(unescaped: Game.select) ORDER BY g.bot_id, g.short_name", Game.init)
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

extension Statement where Value == GameID {
    /// Adds a game, whose bot is stored already.
    ///
    /// The bot must have no game of that name: constraint `games_short_name_unique`.
    package static func gameInsert(_ draft: GameDraft) -> Self {
        Self(
            cell: """
                INSERT INTO games (bot_id, short_name, \(unescaped: settings.joined(separator: ", ")))
                VALUES (\(draft.bot), \(draft.shortName), \(settingsOf: draft))
                RETURNING game_id
                """
        )
    }
}

extension Query {
    /// Changes all settings of a game; bot and short name stay.
    package static func gameUpdate(_ id: GameID, to draft: GameDraft) -> Query {
        """
        UPDATE games SET (\(unescaped: settings.joined(separator: ", "))) = ROW (\(settingsOf: draft))
        WHERE game_id = \(id)
        """
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

extension ScoreBounds {
    /// The rules that lead to an outcome, as the database names them.
    fileprivate func names(of outcome: RuleOutcome) -> [String] {
        PlausibilityRule.allCases.filter { self.outcome(of: $0) == outcome }.map(\.rawValue)
    }

    /// What rules lead to, by their names; nil when one is none that this version knows.
    fileprivate static func outcomes(
        holding: [String],
        accepting: [String]
    ) -> [PlausibilityRule: RuleOutcome]? {
        var outcomes: [PlausibilityRule: RuleOutcome] = [:]
        for (names, outcome) in [(holding, RuleOutcome.hold), (accepting, .accept)] {
            for name in names {
                guard let rule = PlausibilityRule(rawValue: name) else { return nil }
                outcomes[rule] = outcome
            }
        }
        return outcomes
    }
}
