import Logging
import Postgres
import ServiceLifecycle
import Storage

/// Forgets, now and then, what is no longer needed.
struct Housekeeping: Service {
    let pool: PostgresPool
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(3600))
                do {
                    try await pool.withSession { session throws(PostgresError) in
                        try session.forgetAnsweredUpdates()
                    }
                } catch {
                    logger.warning("housekeeping.failed", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
