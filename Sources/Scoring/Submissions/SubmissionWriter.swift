import Leaderboards
import Postgres
import Storage

/// Has batches of runs written, again after conflicts.
struct SubmissionWriter<Answer: Sendable>: Sendable {
    /// What is done with a batch in a transaction of its own: screening or counting.
    typealias Body = @Sendable (RunBatch) -> (Session) throws(PostgresError) -> [Result<Answer, Refusal>]

    /// A conflict with another instance takes one side back; so many in a row do not happen by chance.
    private static var maximumAttempts: Int { 8 }

    private let pool: PostgresPool
    private let clock: @Sendable () -> Instant
    private let body: Body

    /// Makes a writer.
    ///
    /// - Parameter body: What is done with a batch.
    init(
        pool: PostgresPool,
        clock: @escaping @Sendable () -> Instant,
        _ body: @escaping Body
    ) {
        self.pool = pool
        self.clock = clock
        self.body = body
    }

    /// Has runs of one game written in one transaction.
    ///
    /// - Parameter runs: The runs in order of arrival.
    /// - Throws: `PostgresError`; nothing was written, or that is unknown.
    func write(
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
