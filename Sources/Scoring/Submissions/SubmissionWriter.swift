import Leaderboards
import Logging
import Postgres
import Storage

/// Has batches of runs written, again after conflicts and piecewise after errors.
struct SubmissionWriter<Answer: Sendable>: Sendable {
    /// What is done with a batch in a transaction of its own: screening or counting.
    typealias Body = @Sendable (RunBatch) -> (Session) throws(PostgresError) -> [Result<Answer, Refusal>]

    /// A conflict with another instance takes one side back; so many in a row do not happen by chance.
    private static var maximumAttempts: Int { 8 }

    private let pool: PostgresPool
    private let clock: @Sendable () -> Instant
    private let logger: Logger
    private let body: Body

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - pool: Connections to the database.
    ///   - clock: The service's clock.
    ///   - logger: For runs that cannot be written.
    ///   - body: What is done with a batch.
    init(
        pool: PostgresPool,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger,
        _ body: @escaping Body
    ) {
        self.pool = pool
        self.clock = clock
        self.logger = logger
        self.body = body
    }

    /// Has runs of one game written in one transaction.
    ///
    /// - Parameters:
    ///   - game: The game.
    ///   - runs: The runs in order of arrival.
    /// - Returns: An answer for each. A run that the database cannot take fails alone: the others are written without.
    func write(_ game: GameID, _ runs: [FinishedRun]) async -> [Result<Answer, Refusal>] {
        do {
            return try await attempt(game, runs)
        } catch  where error.isUnavailable || error.outcomeUnknown || error.isConflict {
            logger.warning("submissions.failed", metadata: ["error": "\(error)", "count": "\(runs.count)"])
            return runs.map { _ in .failure(.databaseUnavailable) }
        } catch {
            guard runs.count > 1 else {
                logger.error(
                    "submission.failed",
                    metadata: ["error": "\(String(reflecting: error))", "game": "\(game)"]
                )
                return [.failure(.internal(error.description))]
            }
            let middle = runs.count / 2
            let first = await write(game, Array(runs[..<middle]))
            return first + (await write(game, Array(runs[middle...])))
        }
    }

    private func attempt(
        _ game: GameID,
        _ runs: [FinishedRun]
    ) async throws(PostgresError) -> [Result<Answer, Refusal>] {
        guard let bot = runs.first?.run.launch.bot else { return [] }
        var failures = 0
        while true {
            let batch = RunBatch(game: game, bot: bot, runs: runs, now: clock())
            do {
                return try await pool.transaction { session throws(PostgresError) in
                    try body(batch)(session)
                }
            } catch  where error.isMissingPartition && failures < Self.maximumAttempts {
                failures += 1
                try await makePartitions(for: runs)
            } catch  where error.isConflict && failures < Self.maximumAttempts {
                failures += 1
            }
        }
    }

    /// Makes the log's tables for the months of runs: usually they are made ahead.
    private func makePartitions(for runs: [FinishedRun]) async throws(PostgresError) {
        let launches = runs.map(\.run.launch.launchedAt)
        guard let first = launches.min(), let last = launches.max() else { return }
        try await pool.withSession { session throws(PostgresError) in
            try session.makeScorePartitions(from: first, through: last)
        }
    }
}

extension PostgresError {
    /// Whether another transaction got in the way, so that the same one can succeed when it is run again.
    var isConflict: Bool {
        isRetryable || sqlState == .uniqueViolation
    }
}
