import BotAPI
import Curl
import Glibc
import Leaderboards
package import Logging
import Postgres
import Operations
import Scoring
import ServiceLifecycle
import Simulator
import Storage
package import Web

/// `highscores demo`: the whole loop on this machine with nothing configured.
package enum DemoProgram {
    /// Runs a private database, a simulated Telegram and the service until SIGTERM or SIGINT; tokens and addresses of a
    /// real bot are passed over.
    ///
    /// - Parameter announce: Is told the address to open once everything answers.
    package static func run(
        settings: Settings,
        logger: Logger,
        announce: @escaping @Sendable (String) -> Void
    ) async throws {
        var settings = settings
        // The demo has a Telegram and a database of its own; what is set for a real bot must not leak into it.
        settings.databaseURL = nil
        settings.secrets = nil
        _ = try settings.requireSecrets()
        let claim = try DemoClaim(folder: settings.dataFolder)
        let (service, telegram) = try ports(near: settings.listen)
        let host = settings.listen.host
        settings.listen = HostPort(host: host, port: service)
        (settings.adminListen, settings.streams) = (nil, StreamLimits())
        let (serviceURL, telegramURL) = (
            "http://\(settings.listen)", "http://\(HostPort(host: host, port: telegram))"
        )
        settings.botTokens = [try BotToken(DemoPopulation.token)]
        (settings.apiURL, settings.isTest) = (telegramURL, false)
        (settings.publicURL, settings.updates) = (serviceURL, .webhook)
        try await settings.withDatabase(logger: logger) { [settings] database in
            let http = try CurlClient()
            var configuration = SimulatorConfiguration()
            configuration.host = host
            configuration.port = telegram
            configuration.stateFile = "\(settings.dataFolder)/telegram.json"
            configuration.logger = logger.quietened
            let simulator = try await Simulator.start(configuration, sender: http.webhookSender)
            let bot = try simulator.change { telegram, now in
                try DemoPopulation.populate(&telegram, now: now)
            }
            try await addGame(
                bot: BotID(rawValue: bot),
                url: "\(telegramURL)/game?api=\(serviceURL)&challenge=\(challenge)",
                to: database
            )
            let deployment = try Deployment(
                settings,
                database: database,
                takesWebhook: true,
                logger: logger
            ) { _, _ in
                claim.tell(telegramURL)
                announce(telegramURL)
            }
            let outcome = await Result { try await ServeProgram.run(deployment.services, logger: logger) }
            try await simulator.stop()
            await http.shutdown()
            try outcome.get()
        }
    }

    /// The board beside the game's own, whose seed changes every day.
    private static let challenge = "daily"

    /// Adds the game with its challenge; what an operator changed of either stays.
    private static func addGame(bot: BotID, url: String, to database: PostgresConfiguration) async throws {
        let draft = GameDraft(
            bot: bot,
            shortName: DemoPopulation.shortName,
            title: DemoPopulation.title,
            url: url,
            isPublic: true
        )
        try await PostgresPool.with(database) { pool in
            let known = try await pool.transaction { session throws(PostgresError) in
                try session.execute(.botUpsert(bot, username: DemoPopulation.username))
                var found = try boards(of: bot, session)
                if let game = found.first {
                    var moved = GameDraft(game)
                    moved.url = url
                    try session.execute(.gameUpdate(game.id, to: moved))
                } else {
                    _ = try session.run(.gameInsert(draft))
                    found = try boards(of: bot, session)
                }
                return found
            }
            guard let game = known.first, !known.contains(where: { $0.board == challenge }) else { return }
            let administration = Administration(pool: pool, actor: "demo")
            _ = try await administration.addBoards([challenge], of: game, challengeRules)
        }
    }

    /// Three tries a day, with one seed for all.
    private static var challengeRules: GameChanges {
        var rules = GameChanges()
        rules.set(\.rules.windows, to: [.all, .day])
        rules.set(\.rules.attempts, to: .some(GameRules.AttemptLimit(count: 3, window: .day)))
        rules.set(\.rules.seedWindow, to: .some(.day))
        return rules
    }

    /// The game of the demo with its boards, itself first.
    private static func boards(of bot: BotID, _ session: Session) throws(PostgresError) -> [Game] {
        try session.run(.gamesListWithBoards()).filter {
            $0.bot == bot && $0.shortName == DemoPopulation.shortName
        }
    }

    /// Two ports to listen at: the one of an address and the next, or any that are free.
    private static func ports(near address: HostPort) throws -> (service: Int, telegram: Int) {
        if isFree(address) { return (address.port, address.port + 1) }
        guard let first = freePort(on: address.host), let second = freePort(on: address.host), first != second
        else {
            throw SettingsError(
                "HIGHSCORES_LISTEN",
                "names a host on which no port is free",
                example: "127.0.0.1:8080"
            )
        }
        return (first, second)
    }

    /// Whether nobody listens at an address, nor at the next port.
    package static func isFree(_ address: HostPort) -> Bool {
        (1..<65_535).contains(address.port) && boundPort(address.port, on: address.host) != nil
            && boundPort(address.port + 1, on: address.host) != nil
    }

    private static func freePort(on host: String) -> Int? { boundPort(0, on: host) }

    /// Binds a port for a moment and tells which it was; nil when it is taken.
    private static func boundPort(_ port: Int, on host: String) -> Int? {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return nil }
        defer { close(socket) }
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
            return nil
        }
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(socket, pointer, length) == 0, getsockname(socket, pointer, &length) == 0 else {
                    return nil
                }
                return Int(
                    pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                        $0.pointee.sin_port.bigEndian
                    }
                )
            }
        }
    }
}

extension Result where Failure == any Error {
    /// What came of a body, so that something else can be done before an error goes on.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension Logger {
    /// The same logger without what a library says of its everyday work.
    fileprivate var quietened: Logger {
        var quiet = self
        quiet.logLevel = max(logLevel, .warning)
        return quiet
    }
}
