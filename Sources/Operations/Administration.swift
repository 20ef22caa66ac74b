import Leaderboards
package import Postgres
import Scoring
package import Storage

/// What an operator does with everything that the service knows.
///
/// Every change is one transaction with its row in the audit; running servers hear of it when it commits. A dry run does
/// all of it and leaves nothing.
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
    package func bots() async throws(OperationError) -> [BotRecord] {
        try await reading { session throws(PostgresError) in try session.run(.botsList()) }
    }

    /// Finds a bot by its username, in any case and with or without `@`, or its id.
    package func bot(named name: String) async throws(OperationError) -> BotRecord {
        let all = try await bots()
        guard let bot = all.first(where: { $0.isNamed(name) }) else {
            let nearest = name.nearest(among: all.compactMap(\.username)).map { "did you mean '\($0)'?" }
            throw .notFound(
                "there is no bot '\(name)'; \(nearest ?? "'highscores bot list' shows those there are")"
            )
        }
        return bot
    }
}

extension BotRecord {
    /// What people call the bot by.
    package var name: String { username ?? id.description }
}
