import Leaderboards
import Logging
import Postgres
import Operations
import Scoring
import ScoringSupport
import ServiceLifecycle
import Storage
import TestSupport

/// Several instances of the service over one database, each with a pool and a clock of its own.
struct Ensemble: Sendable {
    /// What the clocks of the instances add to the stage's.
    static let skews: [Duration] = [.zero, .milliseconds(3), .milliseconds(-2)]

    /// The instances, the game and the clock; its own pool is the test's.
    let stage: Stage
    let administration: Administration

    /// Runs a body while the instances run.
    ///
    /// - Parameters:
    ///   - rules: The rules of the game.
    ///   - start: The time at which the clocks begin.
    ///   - memory: How many bytes each instance may remember.
    ///   - body: The play.
    /// - Throws: What the body throws.
    static func with(
        _ rules: GameRules,
        at start: Instant,
        memory: [Int],
        _ body: @Sendable (Ensemble) async throws -> Void
    ) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let database = ScratchDatabase.current
        let clock = ManualClock()
        clock.advance(by: start - clock.now)
        let (game, tokenID) = try await Stage.addGame(
            GameDraft(
                bot: Stage.bot,
                shortName: "tetris",
                title: "Tetris",
                url: Stage.gameURL,
                rules: rules
            ),
            to: database.pool
        )
        var pools: [PostgresPool] = []
        var instances: [Highscores] = []
        for (skew, memory) in zip(skews, memory) {
            var configuration = database.configuration
            configuration.maximumConnections = 4
            let pool = PostgresPool(configuration: configuration, logger: logger)
            var scoring = ScoringConfiguration()
            scoring.playerRate = nil
            scoring.playerQuota = nil
            scoring.memory = memory
            // Patient: the machine may be busy with other tests.
            scoring.pressTimeout = .seconds(30)
            scoring.submissionTimeout = .seconds(30)
            scoring.readTimeout = .seconds(30)
            pools.append(pool)
            instances.append(
                Highscores(
                    pool: pool,
                    keys: Stage.keys,
                    configuration: scoring,
                    logger: logger,
                    clock: { clock.now + skew }
                )
            )
        }
        let ensemble = Ensemble(
            stage: Stage(
                pool: database.pool,
                clock: clock,
                instances: instances,
                queues: [],
                game: game,
                tokenID: tokenID
            ),
            administration: Administration(pool: database.pool, actor: "test")
        )
        let group = ServiceGroup(services: pools + instances.flatMap(\.services), logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await ensemble.waitUntilAllKnow([Game.mainBoard: rules])
                try await body(ensemble)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// The time of an instance.
    func now(_ instance: Int) -> Instant { stage.clock.now + Self.skews[instance] }

    /// The game, or a board of it, as an instance knows it.
    func game(_ board: String = Game.mainBoard, on instance: Int = 0) -> Game? {
        games(on: instance).first { $0.board == board }
    }

    private func games(on instance: Int) -> [Game] {
        let highscores = stage.instances[instance]
        guard let game = highscores.game(bot: "arcade_bot", shortName: "tetris") else { return [] }
        return [game] + highscores.boards(of: game)
    }

    /// Waits until all instances know these boards of the game, with these rules, and no others.
    func waitUntilAllKnow(_ rules: [String: GameRules]) async throws {
        try await until {
            stage.instances.indices.allSatisfy { instance in
                Dictionary(uniqueKeysWithValues: games(on: instance).map { ($0.board, $0.rules) }) == rules
            }
        }
    }
}
