import Curl
import Foundation
import JSON
import Leaderboards
import Logging
import Simulator
import Postgres
import Storage
import TestSupport
import Testing
import Tokens

/// A Telegram with people, chats and a bot, a database, and the programs that a test runs between the two.
///
/// At its end every program is gone, and what they wrote must hold no secret.
struct Arena: Sendable {
    static let token = "7000000001:AAE-very_secret-token-of-the-bot"
    static let bot: Int64 = 7_000_000_001
    static let secret = "0123456789abcdef-signing-secret-0123456789abcdef"
    static let ada: Int64 = 5_000_000_001
    static let zoe: Int64 = 5_000_000_002
    static let omar: Int64 = 5_000_000_003
    static let friday = ChatKey.shared(-1_001_000_000_001)
    static let lunch = ChatKey.shared(-200_000_001)
    static let privately = ChatKey.bot(bot, user: ada)
    static let tetris = GameName(bot: bot, shortName: "tetris")
    static let snake = GameName(bot: bot, shortName: "snake")

    /// A database with the schema, the bot and its two games.
    static let template = ScratchServer.template("arena") { pool in
        _ = try await Schema.migrations().apply(pool)
        try await pool.transaction { session throws(PostgresError) in
            try session.execute(.botUpsert(BotID(rawValue: bot), username: "arena_bot"))
            for game in [tetris, snake] {
                _ = try session.run(
                    .gameInsert(
                        GameDraft(
                            bot: BotID(rawValue: bot),
                            shortName: game.shortName,
                            title: game.shortName.capitalized,
                            url: "https://play.example/\(game.shortName)/"
                        )
                    )
                )
            }
        }
    }

    let telegram: Simulator
    let http: CurlClient
    let folder: URL

    /// Runs a body with a Telegram of its own, and ends everything afterwards.
    ///
    /// - Parameters:
    ///   - sender: Makes deliveries to webhooks; nil makes them over HTTP.
    ///   - body: The test.
    /// - Throws: What the body throws, and what keeps Telegram from starting.
    static func with(
        sender: (@Sendable (CurlClient) -> WebhookSender)? = nil,
        _ body: (Arena) async throws -> Void
    ) async throws {
        try await Program.withFolder { folder in
            let http = try CurlClient(
                configuration: CurlClient.Configuration(
                    maximumConnections: 200,
                    usesProxiesOfEnvironment: false
                )
            )
            var configuration = SimulatorConfiguration()
            configuration.logger = Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
            let telegram = try await Simulator.start(
                configuration,
                sender: sender?(http) ?? http.webhookSender
            )
            let arena = Arena(telegram: telegram, http: http, folder: folder)
            let result: Result<Void, any Error>
            do {
                try arena.populate()
                try await body(arena)
                result = .success(())
            } catch {
                result = .failure(error)
            }
            arena.checkLogs()
            try? await telegram.stop()
            await http.shutdown()
            try result.get()
        }
    }

    private func populate() throws {
        try telegram.change { telegram, _ throws(SimulationError) in
            let bot = try telegram.addBot(token: Self.token, username: "arena_bot", name: "Arena")
            for game in [Self.tetris, Self.snake] {
                try telegram.addGame(
                    SimulatedGame(shortName: game.shortName, title: game.shortName.capitalized),
                    to: bot
                )
            }
            let people = [(Self.ada, "Ada"), (Self.zoe, "Zoë"), (Self.omar, "Omar")]
            for (id, name) in people {
                telegram.addUser(SimulatedUser(id: id, firstName: name, username: name.lowercased()))
            }
            let ids = people.map(\.0)
            try telegram.addChat(
                .supergroup,
                id: -1_001_000_000_001,
                title: "Friday",
                users: ids,
                bots: [bot]
            )
            try telegram.addChat(.group, id: -200_000_001, title: "Lunch", users: ids, bots: [bot])
            _ = try telegram.privateChat(Self.privately)
        }
    }

    // MARK: - Programs

    /// Starts `serve` on the test's database and waits until it is ready.
    ///
    /// - Parameters:
    ///   - arguments: What follows `serve`.
    ///   - variables: Variables beside those of every test; an empty value takes one away.
    ///   - port: Where it listens; nil takes a free one.
    ///   - isWebhook: Whether updates come by webhook, to this very program.
    ///   - readiness: Waits for this status of `/readyz`; nil waits for its port only.
    /// - Returns: The running program.
    /// - Throws: ``ProgramError`` when it ends or is not ready in time.
    func serve(
        _ arguments: [String] = [],
        _ variables: [String: String] = [:],
        port: UInt16? = nil,
        isWebhook: Bool = true,
        until readiness: Int? = 200
    ) async throws -> Service {
        let service = try start(arguments, variables, port: port, isWebhook: isWebhook)
        try await service.waitUntilReady(readiness)
        return service
    }

    /// Starts `serve` and waits for nothing.
    ///
    /// - Parameters:
    ///   - arguments: What follows `serve`.
    ///   - variables: Variables beside those of every test; an empty value takes one away.
    ///   - port: Where it listens; nil takes a free one.
    ///   - isWebhook: Whether updates come by webhook, to this very program.
    /// - Returns: The starting program.
    /// - Throws: ``ProgramError`` when it cannot be started.
    func start(
        _ arguments: [String] = [],
        _ variables: [String: String] = [:],
        port: UInt16? = nil,
        isWebhook: Bool = true
    ) throws -> Service {
        let port = try port ?? Program.freePort()
        var environment = self.environment
        if variables["DATABASE_URL"] == nil { environment["DATABASE_URL"] = ScratchDatabase.current.url }
        environment["HIGHSCORES_LISTEN"] = "127.0.0.1:\(port)"
        if isWebhook { environment["HIGHSCORES_PUBLIC_URL"] = "http://127.0.0.1:\(port)" }
        environment.merge(variables) { _, new in new }
        let place = folder.appendingPathComponent("serve-\(port)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let program = try Program(["serve"] + arguments, environment: environment, folder: place)
        return Service(program: program, port: port, http: http)
    }

    /// The variables of every command of a test.
    var environment: [String: String] {
        [
            "TELEGRAM_BOT_TOKEN": Self.token, "TELEGRAM_API_URL": telegram.baseURL ?? "",
            "HIGHSCORES_SECRET": Self.secret, "HIGHSCORES_DATA": folder.appendingPathComponent("data").path,
            "HIGHSCORES_LOG_FORMAT": "json", "HIGHSCORES_LOG_LEVEL": "debug", "HIGHSCORES_PLAYER_RATE": "off",
            "HIGHSCORES_PLAYER_QUOTA": "1000000 runs 10GB",
        ]
    }

    /// Runs a command to its end.
    ///
    /// - Returns: Its exit code and what it wrote.
    func run(_ arguments: String..., with variables: [String: String] = [:]) async throws -> CommandResult {
        try await run(arguments, with: variables)
    }

    /// Runs a command to its end.
    ///
    /// - Returns: Its exit code and what it wrote.
    func run(_ arguments: [String], with variables: [String: String] = [:]) async throws -> CommandResult {
        let place = folder.appendingPathComponent("command-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let program = try Program(
            arguments,
            environment: environment.merging(variables) { _, new in new },
            folder: place
        )
        let code = try await program.exitCode()
        let result = CommandResult(code: code, output: program.standardOutput, errors: program.standardError)
        // What a command prints on standard output may well be a secret that was asked for.
        try? FileManager.default.removeItem(at: place.appendingPathComponent("stdout"))
        return result
    }

    /// No output of a program may hold a token of a bot, a secret, or a token of a player.
    private func checkLogs() {
        let keys = TokenKeys(secrets: [Self.secret])
        let hidden =
            [Self.token.split(separator: ":").last.map(String.init) ?? "", Self.secret, "hs=", "hsk_"]
            + keys.webhookSecrets(for: BotID(rawValue: Self.bot))
        for name in (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? [] {
            guard name.hasSuffix("stdout") || name.hasSuffix("stderr") || name.hasSuffix(".log") else {
                continue
            }
            let text =
                FileManager.default.contents(atPath: folder.appendingPathComponent(name).path) ?? Data()
            for secret in hidden where text.range(of: Data(secret.utf8)) != nil {
                Issue.record("a secret stands in \(name)")
            }
        }
    }
}

/// What a command did.
struct CommandResult: Sendable {
    let code: Int32
    let output: String
    let errors: String
}
