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
    package var showsIdentity: Bool

    /// Describes a game.
    ///
    /// - Parameters:
    ///   - shortName: The name given to BotFather.
    ///   - title: The name that people see.
    ///   - url: The page that players open.
    ///   - rules: How scores are ordered, kept, bounded and shown.
    ///   - isEnabled: Whether it can be played.
    ///   - isPublic: Whether its global leaderboard is open to all.
    ///   - showsIdentity: Whether its global leaderboard names Telegram ids.
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

/// A bot as the database knows it.
package struct BotRecord: Hashable, Sendable {
    package let id: BotID
    /// Nil until Telegram was asked.
    package let username: String?

    /// Names a bot.
    ///
    /// - Parameter username: Its username without `@`, if it is known.
    package init(id: BotID, username: String?) {
        self.id = id
        self.username = username
    }
}

extension Session {
    /// Notes a bot and, where it is known, its username.
    ///
    /// - Parameter username: Its username without `@`; nil leaves what is stored.
    package func upsertBot(_ bot: BotID, username: String?) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO bots (bot_id, username) VALUES (\(bot), \(username))
            ON CONFLICT (bot_id) DO UPDATE SET username = excluded.username
            WHERE excluded.username IS NOT NULL AND bots.username IS DISTINCT FROM excluded.username
            """
        )
    }

    /// Lists the bots.
    package func bots() throws(PostgresError) -> [BotRecord] {
        try query("SELECT bot_id, username FROM bots ORDER BY bot_id").map { row throws(PostgresError) in
            let (id, username) = try row.decode(BotID.self, String?.self)
            return BotRecord(id: id, username: username)
        }
    }

    /// Lists the games.
    ///
    /// - Returns: All games by bot and short name.
    package func games() throws(PostgresError) -> [Game] {
        try query("\(unescaped: Self.selectGame) ORDER BY g.bot_id, g.short_name").map(Self.game)
    }

    /// Reads a game within a transaction.
    ///
    /// - Returns: The game as it is now, or nil when there is none.
    package func game(_ id: GameID) throws(PostgresError) -> Game? {
        try run(.game(id))
    }

    /// Adds a game.
    ///
    /// - Parameter draft: The game; its bot must be noted already.
    /// - Returns: The id it was given.
    /// - Throws: `PostgresError` with constraint `games_short_name_unique` when the bot has a game of that name.
    package func insertGame(_ draft: GameDraft) throws(PostgresError) -> GameID {
        let rules = draft.rules
        let row = try first(
            """
            INSERT INTO games (bot_id, short_name, title, url, score_order, keep, zone, telegram_score,
                               min_score, max_score, max_score_per_second, min_seconds,
                               is_enabled, is_public, shows_identity, seasons, retention, edit_message,
                               max_per_hour, holding_rules, accepting_rules, shadows_rules)
            VALUES (\(draft.bot), \(draft.shortName), \(draft.title), \(draft.url), \(rules.order.rawValue),
                    \(rules.keep.rawValue), \(rules.zone), \(rules.telegramScore.description),
                    \(rules.bounds.minimum), \(rules.bounds.maximum), \(rules.bounds.maximumPerSecond),
                    \(rules.bounds.minimumSeconds), \(draft.isEnabled), \(draft.isPublic), \(draft.showsIdentity),
                    \(rules.seasons), \(rules.retention.rawValue), \(rules.messageEdits.description),
                    \(rules.bounds.maximumPerHour), \(rules.bounds.names(of: .hold)),
                    \(rules.bounds.names(of: .accept)), \(rules.bounds.isShadow))
            RETURNING game_id
            """
        )
        guard let row else { throw PostgresError(.decoding, "INSERT INTO games returned no row") }
        return try row.decode(GameID.self)
    }

    /// Changes a game's settings.
    ///
    /// - Parameter draft: All settings as they are to be; bot and short name stay.
    package func updateGame(_ id: GameID, to draft: GameDraft) throws(PostgresError) {
        let rules = draft.rules
        _ = try execute(
            """
            UPDATE games
            SET title = \(draft.title), url = \(draft.url), score_order = \(rules.order.rawValue),
                keep = \(rules.keep.rawValue), zone = \(rules.zone),
                telegram_score = \(rules.telegramScore.description), min_score = \(rules.bounds.minimum),
                max_score = \(rules.bounds.maximum), max_score_per_second = \(rules.bounds.maximumPerSecond),
                min_seconds = \(rules.bounds.minimumSeconds), is_enabled = \(draft.isEnabled),
                is_public = \(draft.isPublic), shows_identity = \(draft.showsIdentity),
                seasons = \(rules.seasons), retention = \(rules.retention.rawValue),
                edit_message = \(rules.messageEdits.description), max_per_hour = \(rules.bounds.maximumPerHour),
                holding_rules = \(rules.bounds.names(of: .hold)),
                accepting_rules = \(rules.bounds.names(of: .accept)), shadows_rules = \(rules.bounds.isShadow)
            WHERE game_id = \(id)
            """
        )
    }

    /// Notes that a game's leaderboards were made anew by its present rules.
    package func noteRebuilt(_ id: GameID) throws(PostgresError) {
        _ = try execute("UPDATE games SET is_stale = false WHERE game_id = \(id) AND is_stale")
    }

    /// Reads games as ``game(_:)`` decodes them, all unless something follows.
    static let selectGame = "\(gameColumns) FROM games g JOIN bots b USING (bot_id)"

    fileprivate static let gameColumns = """
        SELECT g.game_id, g.token_id, g.bot_id, coalesce(b.username, b.bot_id::text), g.short_name, g.title, g.url,
               g.score_order, g.keep, g.zone, g.telegram_score, g.min_score, g.max_score,
               g.max_score_per_second, g.min_seconds, g.is_enabled, g.is_public, g.shows_identity,
               g.seasons, g.retention, g.is_stale, g.log_whole_from, g.edit_message,
               g.max_per_hour, g.holding_rules, g.accepting_rules, g.shadows_rules
        """

    static func game(_ row: Row) throws(PostgresError) -> Game {
        let (
            id, tokenID, bot, username, shortName, title, url, order, keep, zone, telegramScore, minimum,
            maximum,
            maximumPerSecond, minimumSeconds, isEnabled, isPublic, showsIdentity, seasons, retention, isStale,
            logWholeFrom, messageEdits, maximumPerHour, holding, accepting, isShadow
        ) = try row.decode(
            GameID.self,
            GameTokenID.self,
            BotID.self,
            String.self,
            String.self,
            String.self,
            String.self,
            String.self,
            String.self,
            String.self,
            String.self,
            Int32?.self,
            Int32?.self,
            Double?.self,
            Double?.self,
            Bool.self,
            Bool.self,
            Bool.self,
            [Instant].self,
            String.self,
            Bool.self,
            Instant?.self,
            String.self,
            Int32?.self,
            [String].self,
            [String].self,
            Bool.self
        )
        guard let order = GameRules.Order(rawValue: order), let keep = GameRules.Keep(rawValue: keep),
            let telegramScore = TelegramScore(telegramScore),
            let retention = GameRules.Retention(rawValue: retention),
            let messageEdits = MessageEdits(messageEdits),
            let outcomes = ScoreBounds.outcomes(holding: holding, accepting: accepting)
        else {
            throw PostgresError(.decoding, "game \(id) has settings that this version does not know")
        }
        return Game(
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

extension Statement where Value == Game? {
    /// Reads a game.
    ///
    /// - Returns: The statement; its value is nil when there is no such game.
    package static func game(_ id: GameID) -> Self {
        // By itself (OFFSET 0), so that the game is found by its key however few games there are.
        Self(
            """
            \(unescaped: Session.gameColumns)
            FROM (SELECT * FROM games o WHERE o.game_id = \(id) OFFSET 0) AS g JOIN bots b USING (bot_id)
            """
        ) { rows throws(PostgresError) in
            guard let row = rows.first else { return nil }
            return try Session.game(row)
        }
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
