import Leaderboards
import Logging
import Postgres
import Scoring
import ServiceLifecycle
import Storage
import Synchronization
import TestSupport
import Testing

extension ScratchTemplate {
    /// A database with the whole schema and nothing in it.
    static let migrated = ScratchServer.template("scoring") { pool in
        try await Schema.migrations().apply(pool)
    }
}

/// A clock that stands still until it is moved.
final class ManualClock: Sendable {
    private let time = Mutex(Instant(milliseconds: 1_772_366_400_000))

    var now: Instant { time.withLock { $0 } }

    func advance(by duration: Duration) { time.withLock { $0 = $0 + duration } }
}

/// The service's use cases over a scratch database, with one game of one bot.
struct Stage: Sendable {
    static let bot = BotID(rawValue: 7_000_001)
    static let gameURL = "https://games.example/tetris"
    static let keys = TokenKeys(secrets: ["a secret of this deployment, long enough"])

    let pool: PostgresPool
    let clock: ManualClock
    let instances: [Highscores]
    let game: GameID
    /// By what tokens name the game.
    let tokenID: GameTokenID

    /// The instance that most tests talk to.
    var highscores: Highscores { instances[0] }

    /// What differs between stages.
    struct Settings: Sendable {
        var rules = GameRules()
        var isPublic = false
        var instances = 1
        var scoring = ScoringConfiguration()
        var keys = Stage.keys
        /// Whether a pool with the service's own limits stands between, instead of the patient one of the tests.
        var usesServicePool = false
        /// Connections of another role than the tests'.
        var pool: PostgresPool?
        var miniApps: [BotID: MiniAppKey] = [:]
        var onDeliveries: @Sendable (BotID) -> Void = { _ in }
        var onBreach: @Sendable (RuleBreach) -> Void = { _ in }
    }

    /// Adds a game of the stage's bot.
    ///
    /// - Returns: Its id, and by what tokens name it.
    static func addGame(_ draft: GameDraft, to pool: PostgresPool) async throws -> (GameID, GameTokenID) {
        try await pool.transaction { session throws(PostgresError) in
            try session.upsertBot(bot, username: "arcade_bot")
            let game = try session.insertGame(draft)
            guard let tokenID = try session.game(game)?.tokenID else {
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
    static func with(
        _ change: (inout Settings) -> Void = { _ in },
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        var settings = Settings()
        // Tests of the rate limit set one; the others submit as fast as they can on a clock that stands still.
        settings.scoring.playerRate = nil
        settings.scoring.pressPatience = .seconds(30)
        settings.scoring.submissionPatience = .seconds(30)
        settings.scoring.readPatience = .seconds(30)
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
        let instances = (0..<settings.instances).map { _ in
            Highscores(
                pool: pool,
                keys: settings.keys,
                configuration: settings.scoring,
                logger: logger,
                clock: { clock.now },
                miniApps: settings.miniApps,
                onDeliveries: settings.onDeliveries,
                onBreach: settings.onBreach
            )
        }
        let group = ServiceGroup(
            services: (settings.usesServicePool ? [pool] : []) + instances.flatMap(\.services),
            logger: logger
        )
        let stage = Stage(pool: pool, clock: clock, instances: instances, game: game, tokenID: tokenID)
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
struct StageChat: Hashable, Sendable {
    let instance: String
    let id: TelegramChatID

    init(instance: String, id: Int64) {
        self.instance = instance
        self.id = TelegramChatID(rawValue: id)
    }

    init(_ number: Int64) {
        instance = String(-3_788_475_317_572_404_878 + number)
        id = TelegramChatID(rawValue: -1_001_000_000_000 - number)
    }

    func message(_ number: Int64 = 10) -> Target { .message(chat: id, id: number) }
}

extension Stage {
    /// Presses the game's button.
    ///
    /// - Returns: The launch token of the URL.
    func press(
        _ player: Int64,
        in chat: StageChat,
        target: Target? = nil,
        game: String = "tetris",
        on instance: Int = 0
    ) async throws -> String {
        let target = target ?? chat.message()
        let sighting: ChatSighting? =
            if case .message(let id, _) = target { ChatSighting(id: id, title: "Chat") } else { nil }
        let opening = await instances[instance].open(
            Press(
                bot: Self.bot,
                gameShortName: game,
                player: PlayerProfile(
                    id: PlayerID(rawValue: player),
                    firstName: "Player",
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
    func launch(_ player: Int64, in chat: StageChat?, target: Target = .none) -> Launch {
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
    func launchToken(_ player: Int64, in chat: StageChat?, target: Target = .none) -> String {
        Self.keys.token(for: launch(player, in: chat, target: target), of: tokenID)
    }

    /// Reads a launch token of the game.
    func launch(of token: String) throws -> Launch {
        let game = highscores.game(bot: "arcade_bot", shortName: "tetris")
        return try Self.keys.launch(token, now: clock.now) { _ in game }
    }

    /// A player as global leaderboards name them.
    func pseudonym(of player: PlayerID) -> String { Self.keys.pseudonym(of: player, in: tokenID) }

    /// Presses, plays and submits a score.
    func play(
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
    func submit(
        _ score: Int32,
        with token: String,
        key: String? = nil,
        metadata: String? = nil,
        boards: [BoardKind] = [],
        on instance: Int = 0
    ) async throws -> Receipt {
        try await instances[instance].submit(
            ScoreSubmission(
                token: token,
                score: try #require(Score(score)),
                idempotencyKey: key,
                metadata: metadata.map { Array($0.utf8) },
                boards: boards
            )
        )
    }

    /// Runs a statement that no use case has, as an operator at a console would.
    @discardableResult
    func sql(_ query: Query) async throws -> Int {
        try await pool.transaction { session throws(PostgresError) in try session.execute(query) }
    }

    /// Sets the clock to the database's, by which operators' commands go.
    func setClock() async throws {
        let now = try #require(try await value(Instant.self, "SELECT now()"))
        clock.advance(by: now - clock.now)
    }

    /// Reads one value.
    func value<V: PostgresCell>(_ type: V.Type, _ query: Query) async throws -> V? {
        try await pool.withSession { session throws(PostgresError) in
            try session.first(query)?.decode(type)
        }
    }

    /// The tables that hold a number anywhere.
    func mentions(of number: String) async throws -> [String] {
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
    func leaderboard(
        _ token: String,
        scope: Scope? = nil,
        window: Window = .all,
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
struct StageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
