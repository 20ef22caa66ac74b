import Leaderboards
import Postgres
import Storage

/// Has batches of runs written, again after conflicts.
struct SubmissionWriter: Sendable {
    /// A way to write a batch: ``RunBatch/confirm(in:)``, ``RunBatch/append(in:)`` or ``RunBatch/write(in:)``.
    typealias Way = @Sendable (RunBatch) -> (Session) throws(PostgresError) -> Ending<RunBatch.Answers>

    /// A conflict with another instance takes one side back; so many in a row do not happen by chance.
    private static let maximumAttempts = 8

    private let pool: PostgresPool
    private let clock: @Sendable () -> Instant
    private let memory: PlayMemory
    private let ways: [Way]

    /// - Parameter ways: Each takes what those before it have left.
    init(
        pool: PostgresPool,
        clock: @escaping @Sendable () -> Instant,
        memory: PlayMemory = .none,
        _ ways: Way...
    ) {
        self.pool = pool
        self.clock = clock
        self.memory = memory
        self.ways = ways
    }

    /// Has runs of one game, in order of arrival, written, in one transaction for each way.
    ///
    /// - Throws: `PostgresError`; nothing was written, or that is unknown.
    func write(_ game: GameID, _ runs: [FinishedRun]) async throws(PostgresError) -> RunBatch.Answers {
        var answers = RunBatch.Answers(repeating: .success(nil), count: runs.count)
        for way in ways {
            let left = answers.indices.filter { if case .success(nil) = answers[$0] { true } else { false } }
            do {
                let taken = try await write(game, left.map { runs[$0] }, by: way)
                for (index, answer) in zip(left, taken) { answers[index] = answer }
            } catch {
                // What was taken before is on disk and answered so.
                guard left.count < runs.count else { throw error }
                if !error.isFaultOfItem { for index in left { answers[index] = .failure(Refusal(error)) } }
                return answers
            }
        }
        return answers
    }

    private func write(
        _ game: GameID,
        _ runs: [FinishedRun],
        by way: Way
    ) async throws(PostgresError) -> RunBatch.Answers {
        guard let bot = runs.first?.launch.bot else { return [] }
        var failures = 0
        while true {
            let batch = RunBatch(game: game, bot: bot, runs: runs, now: clock(), memory: memory)
            do {
                return try await pool.committing { session throws(PostgresError) in
                    try way(batch)(session)
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
        let launches = runs.map(\.launch.launchedAt)
        guard let first = launches.min(), let last = launches.max() else { return }
        try await pool.withSession { session throws(PostgresError) in
            try session.execute(.scorePartitionsMake(from: first, through: last))
        }
    }
}
