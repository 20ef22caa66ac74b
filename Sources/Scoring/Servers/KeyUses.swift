import Leaderboards
import Logging
import Postgres
import ServiceLifecycle
import Storage
import Synchronization

/// Notes when API keys were last used: of each key at most once a minute, beside the requests.
final class KeyUses: Service {
    private static let interval: Duration = .seconds(60)

    private let pool: PostgresPool
    private let logger: Logger
    private let clock: @Sendable () -> Instant
    private let notedAt = Mutex<[APIKeyID: Instant]>([:])
    private let uses: AsyncStream<(APIKeyID, Instant)>
    private let writing: AsyncStream<(APIKeyID, Instant)>.Continuation

    init(pool: PostgresPool, logger: Logger, clock: @escaping @Sendable () -> Instant) {
        self.pool = pool
        self.logger = logger
        self.clock = clock
        // One a minute of each key, and of those only the latest when nothing can be written.
        (uses, writing) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    /// Notes that a key was used now.
    func note(_ key: APIKeyID) {
        let now = clock()
        let isDue = notedAt.withLock { notedAt in
            if let last = notedAt[key], now - last < Self.interval { return false }
            notedAt[key] = now
            return true
        }
        if isDue { writing.yield((key, now)) }
    }

    func run() async throws {
        for await (key, instant) in uses.cancelOnGracefulShutdown() {
            do {
                try await pool.withSession { session throws(PostgresError) in
                    try session.execute(.apiKeyTouch(key, at: instant))
                }
            } catch {
                logger.warning("key_use.failed", metadata: ["reason": "\(error)"])
            }
        }
    }
}
