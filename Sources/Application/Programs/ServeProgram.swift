import BotAPI
import Leaderboards
package import Logging
import Postgres
import Operations
package import Scoring
import ServiceLifecycle
import Storage
import Synchronization
import UnixSignals
import Version
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
            let version = try await prepareSchema(database, isMigrating: isMigrating, logger: logger)
            let closed = Mutex(settings.adminListen == nil ? 1 : 2)
            let deployment = try Deployment(
                settings,
                database: database,
                takesWebhook: takesWebhook,
                logger: logger
            ) { listener, port in
                logger.info("server.listening", metadata: ["for": "\(listener)", "port": "\(port)"])
                let isOpen = closed.withLock {
                    $0 -= 1
                    return $0 == 0
                }
                guard isOpen else { return }
                logger.info(
                    "service.started",
                    metadata: [
                        "version": "\(ProgramVersion.text)", "mode": "\(settings.updates.rawValue)",
                        "bots": "\(settings.botTokens.map { String($0.botID) }.joined(separator: ","))",
                        "database": "\(version ?? "unreachable")",
                    ]
                )
            }
            var services = deployment.services
            if isMigrating, version == nil {
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
            // The last one hears of the end first.
            services: services + [ShutdownNotice(logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet
        )
        configuration.maximumGracefulShutdownDuration = shutdownLimit
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            logger.error("service.stopped", metadata: ["reason": "\(error)"])
            throw error
        }
        logger.info("service.stopped")
    }

    /// Refuses or brings up to date an old schema; returns the version of PostgreSQL, nil where it cannot be reached.
    private static func prepareSchema(
        _ database: PostgresConfiguration,
        isMigrating: Bool,
        logger: Logger
    ) async throws -> String? {
        do {
            return try await PostgresPool.with(database.forSessions, logger: logger.silenced) { pool in
                if isMigrating {
                    let applied = try await pool.migrate(logger: logger)
                    for migration in applied {
                        logger.info("schema.migrated", metadata: ["migration": "\(migration.name)"])
                    }
                }
                try await pool.checkSchema(logger: logger)
                return try await pool.withSession { session throws(PostgresError) in
                    try session.serverFacts().version
                }
            }
        } catch let error as PostgresError where error.isUnavailable {
            // The service says so as soon as it runs, and goes on trying.
            return nil
        }
    }
}

/// Says when the service is told to stop.
private struct ShutdownNotice: Service {
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        guard Task.isShuttingDownGracefully else { return }
        logger.info("service.draining")
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
