import Leaderboards
import Logging
import Postgres
import Storage

/// Where submissions wait for their transactions: all are screened, and those that may better something counted.
struct SubmissionQueue: Sendable {
    /// Transactions that screen at once, and how many of them may be of one game.
    private static let screeningWriters = 4
    private static let screeningWritersOfGame = 3
    /// So many runs of a game are worth a transaction beside one that is under way.
    private static let crowd = 24
    /// Games whose leaderboards are changed at once.
    private static let countingWriters = 3

    let screenings: GroupCommit<GameID, FinishedRun, Screening>
    let counts: GroupCommit<GameID, FinishedRun, Receipt>

    /// Makes the queue; nothing is written before ``counts`` and ``screenings`` run, and they stop in reverse order.
    ///
    /// - Parameters:
    ///   - pool: Connections to the database.
    ///   - configuration: How many may wait, and how long.
    ///   - clock: The service's clock.
    ///   - logger: For runs that cannot be written.
    init(
        pool: PostgresPool,
        configuration: ScoringConfiguration,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        screenings = GroupCommit(
            limits: .init(
                capacity: configuration.queueCapacity,
                batchSize: configuration.batchSize,
                writers: Self.screeningWriters,
                writersOfKey: Self.screeningWritersOfGame,
                crowd: Self.crowd,
                patience: configuration.submissionPatience
            ),
            write: SubmissionWriter(pool: pool, clock: clock, logger: logger, RunBatch.screen).write
        )
        counts = GroupCommit(
            limits: .init(
                capacity: configuration.queueCapacity,
                batchSize: configuration.batchSize,
                writers: Self.countingWriters,
                patience: configuration.submissionPatience
            ),
            write: SubmissionWriter(pool: pool, clock: clock, logger: logger, RunBatch.count).write
        )
    }

    /// Has a run written.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - rules: The rules of its game, as far as this process knows them.
    /// - Returns: The answer.
    /// - Throws: ``Refusal``, as of ``GroupCommit/submit(_:for:since:)``.
    func submit(_ run: FinishedRun, rules: GameRules?) async throws(Refusal) -> Receipt {
        let start = ContinuousClock.now
        let game = run.run.launch.game
        if rules?.canScreen ?? true,
            case .settled(let receipt) = try await screenings.submit(run, for: game, since: start)
        {
            return receipt
        }
        return try await counts.submit(run, for: game, since: start)
    }
}
