import Leaderboards
import Logging
import Postgres
import Storage
import Synchronization

/// Where submissions wait for their transactions: they are appended, and those that may better something written;
/// where that nearly always is so, they are written at once.
final class SubmissionQueue: Sendable {
    /// Transactions that append at once, and how many of them may be of one game.
    private static let appendingWriters = 4
    private static let appendingWritersOfGame = 3
    /// So many runs of a game are worth a transaction beside one that is under way.
    private static let worthwhileBatch = 24
    /// Games whose leaderboards are changed at once.
    private static let writers = 3

    typealias Commits = GroupCommit<GameID, FinishedRun, Receipt?>

    /// Both must run, and stop in reverse order.
    let writes: Commits
    let appends: Commits
    private let memory: PlayMemory
    private let capacity: Int
    /// Of the games that were played since the process began.
    private let yields = Mutex<[GameID: AppendYield]>([:])

    init(
        pool: PostgresPool,
        configuration: ScoringConfiguration,
        memory: PlayMemory,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        self.memory = memory
        capacity = configuration.queueCapacity
        appends = GroupCommit(
            "appends",
            limits: configuration.limits(
                writers: Self.appendingWriters,
                writersOfKey: Self.appendingWritersOfGame,
                worthwhileBatch: Self.worthwhileBatch,
                timeout: configuration.submissionTimeout
            ),
            logger: logger,
            write: SubmissionWriter(
                pool: pool,
                clock: clock,
                memory: memory,
                RunBatch.confirm,
                RunBatch.append
            ).write
        )
        writes = GroupCommit(
            "writes",
            limits: configuration.limits(
                writers: Self.writers,
                timeout: configuration.submissionTimeout
            ),
            logger: logger,
            write: SubmissionWriter(pool: pool, clock: clock, memory: memory, RunBatch.write).write
        )
    }

    /// Has a run written.
    ///
    /// - Parameter rules: The rules of its game, as far as this process knows them.
    /// - Throws: ``Refusal``, as of ``GroupCommit/submit(_:for:since:)``.
    func submit(_ run: FinishedRun, rules: GameRules?) async throws(Refusal) -> Receipt {
        let start = ContinuousClock.now
        let game = run.launch.game
        // Told of, those would make appending seem not to pay: of the others only samples are while it does not.
        if !memory.expectsMove(by: run), triesAppending(to: game, rules) {
            let receipt = try await appends.submit(run, for: game, since: start)
            note(game, isSettled: receipt != nil)
            if let receipt { return receipt }
        }
        return try Self.written(try await writes.submit(run, for: game, since: start))
    }

    /// Has runs of one game written in their order.
    ///
    /// - Parameters:
    ///   - game: Their game, as far as this process knows it.
    ///   - start: When the caller began to wait.
    /// - Returns: The answer to each, as of ``submit(_:rules:)``.
    func submit(
        _ runs: [FinishedRun],
        of game: Game,
        since start: ContinuousClock.Instant
    ) async -> [Result<Receipt, Refusal>] {
        var answers = [Result<Receipt?, Refusal>](repeating: .success(nil), count: runs.count)
        if triesAppending(to: game.id, game.rules) {
            answers = await appends.submit(all: runs, for: game.id, since: start)
            for case .success(let receipt) in answers { note(game.id, isSettled: receipt != nil) }
        }
        let left = answers.indices.filter { if case .success(nil) = answers[$0] { true } else { false } }
        let written = await writes.submit(all: left.map { runs[$0] }, for: game.id, since: start)
        for (index, answer) in zip(left, written) { answers[index] = answer }
        return answers.map { answer in
            answer.flatMap { receipt in Result { () throws(Refusal) in try Self.written(receipt) } }
        }
    }

    /// Whether so many more runs can be taken, and room is left for those of pages.
    ///
    /// - Returns: Whether three quarters of the queue hold them.
    func hasRoom(for count: Int) -> Bool {
        appends.waiting + writes.waiting + count <= capacity * 3 / 4
    }

    private func triesAppending(to game: GameID, _ rules: GameRules?) -> Bool {
        (rules?.canAppend ?? true) && yields.withLock { $0[game, default: AppendYield()].choose() }
    }

    private func note(_ game: GameID, isSettled: Bool) {
        yields.withLock { $0[game, default: AppendYield()].note(isSettled: isSettled) }
    }

    private static func written(_ receipt: Receipt?) throws(Refusal) -> Receipt {
        guard let receipt else { throw .internal("a run was neither written nor refused") }
        return receipt
    }
}
