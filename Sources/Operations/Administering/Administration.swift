package import Leaderboards
package import Postgres
import Scoring
package import Storage

/// What an operator does with bots and games.
///
/// Every change is one transaction with its row in the audit; running servers hear of it when it commits.
package struct Administration: Sendable {
    let pool: PostgresPool
    let actor: String
    /// Whether Telegram's clients open games without TLS, as they do in its test environment alone.
    let takesPlainHTTP: Bool
    /// For how long a launch may be heard of.
    let launchMemory: Duration

    /// Prepares for an operator.
    ///
    /// - Parameters:
    ///   - actor: Who acts, for the audit.
    ///   - takesPlainHTTP: Whether games of the test environment are meant, which may be http.
    ///   - launchMemory: For how long a launch may be heard of, by how long launches and runs live.
    package init(
        pool: PostgresPool,
        actor: String,
        takesPlainHTTP: Bool = false,
        launchMemory: Duration = ScoringConfiguration().retentionMargin
    ) {
        self.pool = pool
        self.actor = actor
        self.takesPlainHTTP = takesPlainHTTP
        self.launchMemory = launchMemory
    }

    /// The name of the database, as people are asked about it.
    package var databaseName: String { pool.configuration.database ?? "default" }

    /// Lists the bots that the database knows.
    package func bots() async throws(AdministrationError) -> [BotRecord] {
        try await reading { session throws(PostgresError) in try session.run(.botsList()) }
    }

    /// Lists the games.
    ///
    /// - Returns: All games by bot and short name.
    package func games() async throws(AdministrationError) -> [Game] {
        try await reading { session throws(PostgresError) in try session.run(.gamesList()) }
    }

    /// Finds a game by the name that people use.
    ///
    /// - Parameter name: `BOT/SHORT_NAME`, the bot by username in any case or by id; or `SHORT_NAME` alone where only
    ///   one bot has a game of that name.
    package func game(named name: String) async throws(AdministrationError) -> Game {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let shortName = parts.last, !parts.contains("") else {
            throw .invalid("'\(name)' is not the name of a game; write BOT/SHORT_NAME or SHORT_NAME")
        }
        let matches = try await games().filter { game in
            game.shortName == shortName && (parts.count == 1 || game.belongs(toBotNamed: String(parts[0])))
        }
        guard let game = matches.first else {
            throw .notFound("there is no game '\(name)'; 'highscores game list' shows those there are")
        }
        guard matches.count == 1 else { throw .ambiguous(name: name, candidates: matches.map(\.name)) }
        return game
    }

    /// Counts what a game's settings apply to.
    ///
    /// - Returns: The numbers at this moment.
    package func use(of game: Game) async throws(AdministrationError) -> GameUse {
        let options = TransactionOptions(isReadOnly: true, statementTimeout: .seconds(60))
        do {
            return try await pool.transaction(options) { session throws(PostgresError) in
                try session.run(.gameUseGet(of: game.id))
            }
        } catch { throw .database(error) }
    }

    /// Adds a game.
    ///
    /// - Parameters:
    ///   - shortName: The name given to BotFather.
    ///   - bot: The bot; noted if it is not known yet.
    ///   - changes: What differs from the defaults, the URL at least.
    ///   - isDryRun: Whether nothing is to remain.
    package func addGame(
        _ shortName: String,
        of bot: BotRecord,
        _ changes: GameChanges,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(AdministrationError) -> GameChange {
        var draft = GameDraft(bot: bot.id, shortName: shortName, title: shortName, url: "")
        try changes.apply(to: &draft)
        if !takesPlainHTTP { try changes.checkThatClientsOpenURL() }
        let new = draft
        do {
            return try await pool.transaction(.init(isDryRun: isDryRun)) { session throws(PostgresError) in
                try session.execute(.botUpsert(bot.id, username: bot.username))
                guard let game = try session.run(.gameGet(try session.run(.gameInsert(new)))) else {
                    throw PostgresError(.decoding, "the game just added is not there")
                }
                let change = GameChange(before: nil, after: game)
                try session.run(
                    .auditInsert(
                        change.auditEntry(AuditNote(actor: actor, action: "game.add", reason: reason))
                    )
                )
                return change
            }
        } catch {
            guard error.constraint == "games_short_name_unique" else { throw .database(error) }
            throw .conflict(
                "the game '\(bot.username ?? bot.id.description)/\(shortName)' is there already; "
                    + "'highscores game set' changes it"
            )
        }
    }

    func reading<R: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> R
    ) async throws(AdministrationError) -> R {
        do { return try await pool.withSession(body) } catch { throw .database(error) }
    }
}
