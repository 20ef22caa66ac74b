import Leaderboards
package import Logging
import Postgres
import Operations
package import Scoring
import ServiceLifecycle
import Storage
import UnixSignals
import Web

/// `highscores serve`: the service itself.
package enum ServeProgram {
    /// SIGTERM to exit takes less than the 10 s that process managers usually grant.
    static let shutdownLimit: Duration = .milliseconds(9500)

    /// Serves until SIGTERM or SIGINT.
    ///
    /// Neither the database nor Telegram must be reachable for it to start; `/readyz` tells what is missing. Wrong
    /// settings, a schema that does not fit and addresses that cannot be opened are thrown.
    ///
    /// - Parameters:
    ///   - isMigrating: Whether an old schema is brought up to date instead of being refused.
    ///   - takesWebhook: Whether a webhook that points elsewhere is replaced.
    package static func run(
        settings: Settings,
        isMigrating: Bool,
        takesWebhook: Bool,
        logger: Logger
    ) async throws {
        for text in settings.unknown { logger.warning("setting.unknown", metadata: ["reason": "\(text)"]) }
        // What is missing is said before anything is started.
        _ = try settings.requireBotTokens()
        _ = try settings.requireSecrets()
        try await settings.withDatabase(logger: logger) { database in
            let isSchemaKnown = try await prepareSchema(database, isMigrating: isMigrating, logger: logger)
            let deployment = try Deployment(
                settings,
                database: database,
                takesWebhook: takesWebhook,
                logger: logger
            ) { listener, port in
                logger.info("server.listening", metadata: ["for": "\(listener)", "port": "\(port)"])
            }
            var services = deployment.services
            if isMigrating, !isSchemaKnown {
                services.insert(LateMigration(database: database, logger: logger), at: 0)
            }
            try await run(services, logger: logger)
        }
    }

    /// Runs services until SIGTERM or SIGINT, then stops them in reverse order.
    static func run(_ services: [any Service], logger: Logger) async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .notice)
        var configuration = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = shutdownLimit
        try await ServiceGroup(configuration: configuration).run()
    }

    /// Refuses or brings up to date an old schema; returns whether the database could be asked at all.
    private static func prepareSchema(
        _ database: PostgresConfiguration,
        isMigrating: Bool,
        logger: Logger
    ) async throws -> Bool {
        do {
            try await PostgresPool.with(database.forSessions, logger: logger) { pool in
                if isMigrating {
                    let applied = try await pool.migrate(logger: logger)
                    for migration in applied {
                        logger.info("schema.migrated", metadata: ["migration": "\(migration.name)"])
                    }
                }
                try await pool.checkSchema(logger: logger)
            }
            return true
        } catch let error as PostgresError where error.isUnavailable {
            logger.warning("database.unreachable", metadata: ["error": "\(error)"])
            return false
        }
    }
}

/// Brings the schema up to date once a database that was unreachable at the start is reached.
private struct LateMigration: Service {
    let database: PostgresConfiguration
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    _ = try await PostgresPool.with(database.forSessions, logger: logger) { pool in
                        try await pool.migrate(logger: logger)
                    }
                    break
                } catch {
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }
        try? await gracefulShutdown()
    }
}

extension Settings {
    /// What the use cases take from the settings.
    package var scoringConfiguration: ScoringConfiguration {
        var configuration = ScoringConfiguration()
        configuration.launchLifetime = launchTTL
        configuration.runLifetime = runTTL
        configuration.playerRate = playerRate
        configuration.playerQuota = playerQuota
        configuration.memory = memory
        configuration.callLimits = telegramRate
        return configuration
    }
}
