import Leaderboards
import Logging
import Postgres
import ServiceLifecycle
import Storage

/// Makes, at the start and now and then, what will be needed, and forgets what no longer is.
struct Housekeeping: Service {
    private static let interval: Duration = .seconds(3600)
    /// How often retention checks for months to go over; there is hardly ever one.
    private static let pruningInterval: Duration = .seconds(24 * 3600)
    /// How far ahead the log has tables: into the next month.
    private static let foresight: Duration = .seconds(31 * 24 * 3600)

    /// How long it is known what rules in shadow would have done.
    private static let memoryOfShadows: Duration = .seconds(90 * 24 * 3600)

    let pool: PostgresPool
    let retentionMargin: Duration
    let logger: Logger
    let clock: @Sendable () -> Instant

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var lastPruning: Instant?
            while !Task.isCancelled {
                let now = clock()
                await work { session throws(PostgresError) in
                    try session.execute(.scorePartitionsMake(from: now, through: now + Self.foresight))
                }
                await work { session throws(PostgresError) in try session.execute(.answeredUpdatesForget()) }
                await work { session throws(PostgresError) in try session.erasuresPurge() }
                await work { session throws(PostgresError) in try session.execute(.erasedPlayersForget()) }
                await work { session throws(PostgresError) in
                    try session.execute(.reviewsForgetShadow(before: now + (.zero - Self.memoryOfShadows)))
                }
                await work { session throws(PostgresError) in
                    try session.attemptsForget(before: now + (.zero - retentionMargin))
                }
                if lastPruning.map({ now - $0 >= Self.pruningInterval }) ?? true,
                    await pruneLog(before: now + (.zero - retentionMargin))
                {
                    lastPruning = now
                }
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    private func work(_ body: @Sendable (Session) throws(PostgresError) -> Void) async {
        do {
            try await pool.withSession(body)
        } catch {
            report(error)
        }
    }

    /// Drops runs that can no longer matter.
    ///
    /// - Returns: Whether that is done with; not when somebody else is at it, who may fail.
    private func pruneLog(before limit: Instant) async -> Bool {
        do {
            let counts = try await pool.transaction(.rebuilding()) { session throws(PostgresError) in
                try session.logPrune(before: limit)
            }
            guard let counts else { return false }
            for (game, count) in counts {
                logger.info(
                    "log.pruned",
                    metadata: [
                        "game": "\(game)", "kept": "\(count.kept)", "dropped": "\(count.dropped)",
                    ]
                )
            }
            return true
        } catch {
            report(error)
            return false
        }
    }

    private func report(_ error: PostgresError) {
        logger.warning("housekeeping.failed", metadata: ["reason": "\(error)"])
    }
}
