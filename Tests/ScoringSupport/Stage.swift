package import Leaderboards
import Logging
package import Outbox
package import Postgres
package import Scoring
import ServiceLifecycle
package import Storage
import Synchronization
package import TestSupport
import Testing
package import Tokens

extension ScratchTemplate {
    /// A database with the whole schema and nothing in it.
    package static let migrated = ScratchServer.template("scoring") { pool in
        try await Schema.migrations().apply(pool)
    }
}

/// A clock that stands still until it is moved.
package final class ManualClock: Sendable {
    private let time = Mutex(Instant(milliseconds: 1_772_366_400_000))

    package init() {}

    package var now: Instant { time.withLock { $0 } }

    package func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// The service's use cases over a scratch database, with one game of one bot.
package struct Stage: Sendable {
    package static let bot = BotID(rawValue: 7_000_001)
    package static let gameURL = "https://games.example/tetris"
    package static let keys = TokenKeys(secrets: ["a secret of this deployment, long enough"])

    package let pool: PostgresPool
    package let clock: ManualClock
    package let instances: [Highscores]
    /// What each instance is to bring to Telegram.
    package let queues: [DeliveryQueue]
    package let game: GameID
    /// By what tokens name the game.
    package let tokenID: GameTokenID

    package init(
        pool: PostgresPool,
        clock: ManualClock,
        instances: [Highscores],
        queues: [DeliveryQueue],
        game: GameID,
        tokenID: GameTokenID
    ) {
        self.pool = pool
        self.clock = clock
        self.instances = instances
        self.queues = queues
        self.game = game
        self.tokenID = tokenID
    }

    /// The instance that most tests talk to.
    package var highscores: Highscores { instances[0] }
    package var deliveries: DeliveryQueue { queues[0] }

    /// What differs between stages.
    package struct Settings: Sendable {
        package var rules = GameRules()
        package var isPublic = false
        package var instances = 1
        package var scoring = ScoringConfiguration()
        /// How many bytes each instance may remember, where that is not what `scoring` says.
        package var memory: [Int] = []
        package var keys = Stage.keys
        /// Whether a pool with the service's own limits stands between, instead of the patient one of the tests.
        package var usesServicePool = false
        /// Connections of another role than the tests'.
        package var pool: PostgresPool?
        package var miniApps: [BotID: MiniAppKey] = [:]
        package var onDeliveries: @Sendable (BotID) -> Void = { _ in }
        package var onPlay: @Sendable (PlayEvent) -> Void = { _ in }
    }

    /// Adds a game of the stage's bot.
    ///
    /// - Returns: Its id, and by what tokens name it.
    package static func addGame(_ draft: GameDraft, to pool: PostgresPool) async throws -> (
        GameID, GameTokenID
    ) {
        try await pool.transaction { session throws(PostgresError) in
            try session.execute(.botUpsert(bot, username: "arcade_bot"))
            let game = try session.run(.gameInsert(draft))
            guard let tokenID = try session.run(.gameGet(game))?.tokenID else {
                throw PostgresError(.decoding, "no game")
            }
            return (game, tokenID)
        }
    }

    /// Sets the stage, runs a body while the services run, and stops them in an orderly way.
    ///
    /// - Parameters:
    ///   - change: What is special about this stage.
    ///   - body: The play.
    /// - Throws: What the body throws.
    package static func with(
        _ change: (inout Settings) -> Void = { _ in },
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        var settings = Settings()
        // Tests of the rate limit set one; the others submit as fast as they can on a clock that stands still.
        settings.scoring.playerRate = nil
        settings.scoring.playerQuota = nil
        settings.scoring.pressTimeout = .seconds(30)
        settings.scoring.submissionTimeout = .seconds(30)
        settings.scoring.readTimeout = .seconds(30)
        change(&settings)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let pool =
            settings.usesServicePool
            ? PostgresPool(
                configuration: try PostgresConfiguration(connectionString: ScratchDatabase.current.url),
                logger: logger
            ) : settings.pool ?? ScratchDatabase.current.pool
        let clock = ManualClock()
        let draft = GameDraft(
            bot: bot,
            shortName: "tetris",
            title: "Tetris",
            url: gameURL,
            rules: settings.rules,
            isPublic: settings.isPublic
        )
        let (game, tokenID) = try await addGame(draft, to: pool)
        let instances = (0..<settings.instances).map { number in
            if settings.memory.indices.contains(number) { settings.scoring.memory = settings.memory[number] }
            return Highscores(
                pool: pool,
                keys: settings.keys,
                configuration: settings.scoring,
                logger: logger,
                clock: { clock.now },
                miniApps: settings.miniApps,
                onDeliveries: settings.onDeliveries,
                onPlay: settings.onPlay
            )
        }
        let group = ServiceGroup(
            services: (settings.usesServicePool ? [pool] : []) + instances.flatMap(\.services),
            logger: logger
        )
        let queues = instances.map { instance in
            DeliveryQueue(
                bot: bot,
                pool: pool,
                limits: settings.scoring.callLimits,
                roles: instance.roles,
                clock: { clock.now }
            )
        }
        let stage = Stage(
            pool: pool,
            clock: clock,
            instances: instances,
            queues: queues,
            game: game,
            tokenID: tokenID
        )
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await until { instances.allSatisfy(\.isLoaded) }
                try await body(stage)
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// A chat as a press shows it.
package struct StageChat: Hashable, Sendable {
    package let instance: String
    package let id: TelegramChatID

    package init(instance: String, id: Int64) {
        self.instance = instance
        self.id = TelegramChatID(rawValue: id)
    }

    package init(_ number: Int64) {
        instance = String(-3_788_475_317_572_404_878 + number)
        id = TelegramChatID(rawValue: -1_001_000_000_000 - number)
    }

    package func message(_ number: Int64 = 10) -> Target { .message(chat: id, id: number) }
}

extension Stage {
    /// Presses the game's button.
    ///
    /// - Returns: The launch token of the URL.
    package func press(
        _ player: Int64,
        in chat: StageChat,
        target: Target? = nil,
        game: String = "tetris",
        on instance: Int = 0
    ) async throws -> String {
        let target = target ?? chat.message()
        let sighting: ChatSighting? =
            target.chat.map { ChatSighting(id: $0, title: "Chat") }
        let opening = await instances[instance].open(
            Press(
                bot: Self.bot,
                gameShortName: game,
                player: PlayerProfile.sample(
                    player,
                    "Player",
                    lastName: "\(player)",
                    username: "player\(player)"
                ),
                chatInstance: chat.instance,
                target: target,
                chat: sighting
            )
        )
        guard case .url(let url) = opening, url.hasPrefix("\(Self.gameURL)#hs=") else {
            throw StageError("the press was answered with \(opening)")
        }
        return String(url.dropFirst("\(Self.gameURL)#hs=".count))
    }

    /// Makes a launch as a press would, without telling the database of it.
    package func launch(_ player: Int64, in chat: StageChat?, target: Target = .none) -> Launch {
        var generator = SystemRandomNumberGenerator()
        return Launch(
            id: LaunchID(Identifier128(using: &generator)),
            bot: Self.bot,
            game: game,
            player: PlayerID(rawValue: player),
            chatInstance: chat.flatMap { ChatInstance($0.instance) },
            target: target,
            launchedAt: clock.now,
            lifetime: .seconds(86_400)
        )
    }

    /// Seals such a launch.
    package func launchToken(_ player: Int64, in chat: StageChat?, target: Target = .none) -> String {
        Self.keys.token(for: launch(player, in: chat, target: target), of: tokenID)
    }

    /// Reads a launch token of the game.
    package func launch(of token: String) throws -> Launch {
        let game = highscores.game(bot: "arcade_bot", shortName: "tetris")
        return try Self.keys.launch(token, now: clock.now) { _ in game }
    }

    /// A player as global leaderboards name them.
    package func pseudonym(of player: PlayerID) -> String { Self.keys.pseudonym(of: player, in: tokenID) }

    /// Presses, plays and submits a score.
    package func play(
        _ player: Int64,
        in chat: StageChat,
        target: Target? = nil,
        score: Int32,
        on instance: Int = 0
    ) async throws -> Receipt {
        let launch = try await press(player, in: chat, target: target, on: instance)
        let run = try instances[instance].startRun(launchToken: launch)
        return try await submit(score, with: run.runToken, on: instance)
    }

    /// Submits a score.
    package func submit(
        _ score: Int32,
        with token: String,
        key: String? = nil,
        metadata: String? = nil,
        boards: [BoardKind] = [],
        on instance: Int = 0
    ) async throws -> Receipt {
        let run = try instances[instance].run(of: token) { key }
        return try await instances[instance].submit(
            FinishedRun(
                run,
                score: try #require(Score(score)),
                metadata: metadata.map { Array($0.utf8) },
                asked: boards.map { AskedBoard($0) }
            )
        )
    }

    /// Runs a statement that no use case has, as an operator at a console would.
    @discardableResult
    package func sql(_ query: Query) async throws -> Int {
        try await pool.transaction { session throws(PostgresError) in try session.execute(query) }
    }

    /// Sets the clock to the database's, by which operators' commands go.
    package func setClock() async throws {
        let now = try #require(try await value(Instant.self, "SELECT now()"))
        clock.advance(by: now - clock.now)
    }

    /// Reads one value.
    package func value<V: PostgresCell>(_ type: V.Type, _ query: Query) async throws -> V? {
        try await pool.withSession { session throws(PostgresError) in
            try session.first(query)?.decode(type)
        }
    }

    /// How many deliveries are in each state that occurs.
    package func deliveryCounts() async throws -> [String: Int] {
        let rows = try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT state, count(*) FROM deliveries GROUP BY state").decode(
                String.self,
                Int.self
            )
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// The tables that hold a number anywhere.
    package func mentions(of number: String) async throws -> [String] {
        let tables = try await pool.withSession { session throws(PostgresError) in
            try session.query(
                "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
            ).decode(String.self)
        }
        var found: [String] = []
        for table in tables {
            let count = try await value(
                Int.self,
                "SELECT count(*) FROM \(unescaped: table) AS t WHERE t::text ~ ('\\m' || \(number) || '\\M')"
            )
            if count != 0 { found.append(table) }
        }
        return found
    }

    /// Reads a page of a leaderboard with a player's token, from the top unless told otherwise.
    package func leaderboard(
        _ token: String,
        scope: Scope? = nil,
        window: WindowKind = .all,
        at: Instant? = nil,
        start: LeaderboardRequest.Start = .top,
        limit: Int = 10
    ) async throws -> LeaderboardPage {
        try await highscores.leaderboard(
            LeaderboardRequest(
                viewer: .player(token: token),
                scope: scope,
                window: window,
                at: at,
                limit: limit,
                start: start
            )
        )
    }
}

/// Why a stage cannot go on.
package struct StageError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
