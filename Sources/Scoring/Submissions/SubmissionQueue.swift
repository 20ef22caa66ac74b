import Leaderboards
import Logging
import Postgres
import Storage

/// Where submissions wait for their transactions: they are screened, and those that may better something counted; where
/// that nearly always is so, they are counted at once.
struct SubmissionQueue: Sendable {
    /// Transactions that screen at once, and how many of them may be of one game.
    private static let screeningWriters = 4
    private static let screeningWritersOfGame = 3
    /// So many runs of a game are worth a transaction beside one that is under way.
    private static let crowd = 24
    /// Games whose leaderboards are changed at once.
    private static let countingWriters = 3

    private let capacity: Int
    let screenings: GroupCommit<GameID, FinishedRun, Screening>
    let counts: GroupCommit<GameID, FinishedRun, Receipt>
    private let yields = ScreeningYields()

    /// Makes the queue; nothing is written before ``counts`` and ``screenings`` run, and they stop in reverse order.
    ///
    /// - Parameters:
    ///   - configuration: How many may wait, and how long.
    ///   - logger: For runs that cannot be written.
    init(
        pool: PostgresPool,
        configuration: ScoringConfiguration,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) {
        capacity = configuration.queueCapacity
        screenings = GroupCommit(
            "submissions",
            limits: .init(
                capacity: configuration.queueCapacity,
                batchSize: configuration.batchSize,
                writers: Self.screeningWriters,
                writersOfKey: Self.screeningWritersOfGame,
                crowd: Self.crowd,
                patience: configuration.submissionPatience
            ),
            logger: logger,
            write: SubmissionWriter(pool: pool, clock: clock, RunBatch.screen).write
        )
        counts = GroupCommit(
            "submissions",
            limits: .init(
                capacity: configuration.queueCapacity,
                batchSize: configuration.batchSize,
                writers: Self.countingWriters,
                patience: configuration.submissionPatience
            ),
            logger: logger,
            write: SubmissionWriter(pool: pool, clock: clock, RunBatch.count).write
        )
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
        guard game.rules.canScreen, yields.choose(for: game.id) else {
            return await counts.submit(all: runs, for: game.id, since: start)
        }
        let screened = await screenings.submit(all: runs, for: game.id, since: start)
        var promising: [Int] = []
        var answers = screened.enumerated().map { index, screening -> Result<Receipt, Refusal> in
            switch screening {
            case .success(.settled(let receipt)):
                yields.note(game.id, isSettled: true)
                return .success(receipt)
            case .failure(let refusal): return .failure(refusal)
            case .success(.promising):
                yields.note(game.id, isSettled: false)
                promising.append(index)
                return .failure(.databaseUnavailable)
            }
        }
        let counted = await counts.submit(all: promising.map { runs[$0] }, for: game.id, since: start)
        for (index, answer) in zip(promising, counted) { answers[index] = answer }
        return answers
    }

    /// Whether so many more runs can be taken, and room is left for those of pages.
    ///
    /// - Returns: Whether three quarters of the queue hold them.
    func hasRoom(for count: Int) -> Bool {
        screenings.waiting + counts.waiting + count <= capacity * 3 / 4
    }

    /// Has a run written.
    ///
    /// - Parameter rules: The rules of its game, as far as this process knows them.
    /// - Throws: ``Refusal``, as of ``GroupCommit/submit(_:for:since:)``.
    func submit(_ run: FinishedRun, rules: GameRules?) async throws(Refusal) -> Receipt {
        let start = ContinuousClock.now
        let game = run.run.launch.game
        if rules?.canScreen ?? true, yields.choose(for: game) {
            switch try await screenings.submit(run, for: game, since: start) {
            case .settled(let receipt):
                yields.note(game, isSettled: true)
                return receipt
            case .promising: yields.note(game, isSettled: false)
            }
        }
        return try await counts.submit(run, for: game, since: start)
    }
}
