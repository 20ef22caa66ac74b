import Leaderboards
import LocalPostgres
package import Logging
package import Postgres
import Operations
import Scoring
import Storage

/// Reaching the database of the settings for the time of a scope.
extension Settings {
    /// Gives a body the way to the database.
    ///
    /// Without `DATABASE_URL` that is the private cluster: joined, or started for this time, and always migrated. A
    /// database of `DATABASE_URL` is not touched here; it may be unreachable or have another schema.
    package func withDatabase<Result: Sendable>(
        logger: Logger,
        _ body: (PostgresConfiguration) async throws -> Result
    ) async throws -> Result {
        if let url = databaseURL {
            var configuration = try PostgresConfiguration(connectionString: url)
            if let databaseSessionURL { try configuration.keepSessions(at: databaseSessionURL) }
            return try await body(configuration)
        }
        return try await PrivateCluster.with(dataFolder: dataFolder, logger: logger) { lease in
            let configuration = try PostgresConfiguration(connectionString: lease.connectionString)
            try await PostgresPool.with(configuration, logger: logger.silenced) { pool in
                _ = try await pool.migrate(logger: logger)
            }
            return try await body(configuration)
        }
    }

    /// Gives a body connections to a database whose schema fits this program, or throws ``OperationError/conflict(_:)``.
    package func withPool<Result: Sendable>(
        logger: Logger,
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await withDatabase(logger: logger) { configuration in
            try await PostgresPool.with(configuration.forCommand, logger: logger.silenced) { pool in
                try await pool.checkSchema(logger: logger)
                return try await body(pool)
            }
        }
    }

    /// Gives a body connections to a database that answers at once, for somebody who is typing.
    ///
    /// Nothing is started, migrated or waited for, and the schema is not checked. Returns nil where a private cluster
    /// is not running.
    package func withRunningDatabase<Result: Sendable>(
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result? {
        let logger = Logger(label: "quick") { _ in SwiftLogNoOpLogHandler() }
        func ask(_ connectionString: String) async throws -> Result {
            var configuration = try PostgresConfiguration(connectionString: connectionString)
            configuration.connectTimeout = .seconds(1)
            configuration.statementTimeout = .seconds(1)
            configuration.poolWaitTimeout = .seconds(2)
            return try await PostgresPool.with(configuration, logger: logger, body)
        }
        if let url = databaseSessionURL ?? databaseURL { return try await ask(url) }
        guard PrivateCluster.isRunning(dataFolder: dataFolder) else { return nil }
        return try await PrivateCluster.with(dataFolder: dataFolder, logger: logger) { lease in
            try await ask(lease.connectionString)
        }
    }
}

extension PostgresPool {
    /// Brings the schema up to date, and the leaderboards that it left to be made anew; returns the migrations that
    /// were applied.
    package func migrate(logger: Logger) async throws -> [Migration] {
        let applied = try await Schema.migrations().apply(self)
        try await Administration.rebuildStaleGames(self) { game, report in
            logger.notice(
                "leaderboards.made",
                metadata: [
                    "game": "\(game.name)", "entries": "\(report.entriesAdded + report.entriesChanged)",
                ]
            )
        }
        return applied
    }

    /// Makes sure that this program and the database's schema fit together, or throws ``OperationError/conflict(_:)``; returns whether
    /// the schema is newer than this program.
    @discardableResult
    package func checkSchema(logger: Logger) async throws -> Bool {
        let migrations = try Schema.migrations()
        let states = try await withSession { session throws(PostgresError) in
            try migrations.status(session)
        }
        if let problem = states.problem { throw OperationError.conflict(problem.message) }
        guard states.pending.isEmpty else {
            let isEmpty = states.pending.count == states.count
            throw OperationError.conflict(
                isEmpty
                    ? "the database holds no schema yet; run 'highscores migrate up'"
                    : "the database's schema is older than this program; run 'highscores migrate up'"
            )
        }
        if states.isAhead {
            logger.warning(
                "schema.newer",
                metadata: ["detail": "the database's schema is newer than this program; update the program"]
            )
        }
        return states.isAhead
    }
}

extension PostgresConfiguration {
    /// The configuration for one command, which needs no pooler: an operator waits longer for a busy server than a request
    /// does.
    package var forCommand: PostgresConfiguration {
        var copy = forSessions
        copy.connectTimeout = .seconds(10)
        return copy
    }
}

extension Logger {
    /// The logger for a pool of a scope, whose errors are thrown and would otherwise be told twice.
    package var silenced: Logger {
        var quiet = self
        quiet.logLevel = .critical
        return quiet
    }
}
