import Logging
import Postgres
import Storage

/// Judges what stands between this service and its database.
extension Finding {
    private static let remedy = "name the server itself there, where notifications and locks are kept"

    /// Judges the ways of the settings.
    ///
    /// - Parameters:
    ///   - isMoving: Whether the sessions of `DATABASE_URL` move.
    ///   - kept: What is known of `DATABASE_SESSION_URL`; nil where it is not set.
    /// - Returns: Nil where there is nothing to say.
    static func pooler(isMoving: Bool, kept: (isMoving: Bool, isSameDatabase: Bool)?) -> Finding? {
        let subject = "pooler"
        guard let kept else {
            guard isMoving else { return nil }
            return Finding(
                .problem,
                subject,
                "DATABASE_URL leads through a pooler that gives each transaction another session of the server; set "
                    + "DATABASE_SESSION_URL, and \(remedy)"
            )
        }
        if kept.isMoving {
            return Finding(
                .problem,
                subject,
                "DATABASE_SESSION_URL leads through a pooler that keeps no sessions; \(remedy)"
            )
        }
        guard kept.isSameDatabase else {
            return Finding(
                .problem,
                subject,
                "DATABASE_SESSION_URL leads to another database than DATABASE_URL; both are to name the same"
            )
        }
        return Finding(
            .ok,
            subject,
            isMoving
                ? "transactions share sessions of the server, DATABASE_SESSION_URL keeps those that must stay"
                : "DATABASE_URL keeps sessions by itself; DATABASE_SESSION_URL is not needed"
        )
    }

    /// Tries the ways of the settings; nil where there is nothing to say.
    static func pooler(_ settings: Settings, _ logger: Logger) async throws -> Finding? {
        guard let url = settings.databaseURL else { return nil }
        func probing<Result: Sendable>(
            _ url: String,
            _ body: (PostgresPool) async throws -> Result
        ) async throws -> Result {
            var configuration = try PostgresConfiguration(connectionString: url)
            // Whatever comes of it, nothing is left behind in sessions that others get.
            try configuration.keepSessions(at: url)
            return try await PostgresPool.with(configuration, logger: logger, body)
        }
        return try await probing(url) { pool in
            let isMoving = try await SessionProbe.sessionsMove(pool)
            guard let sessionURL = settings.databaseSessionURL else {
                return pooler(isMoving: isMoving, kept: nil)
            }
            return try await probing(sessionURL) { sessions in
                let isKeptMoving = try await SessionProbe.sessionsMove(sessions)
                let isSame = isKeptMoving ? true : try await SessionProbe.leadToOneDatabase(sessions, pool)
                return pooler(isMoving: isMoving, kept: (isKeptMoving, isSame))
            }
        }
    }
}
