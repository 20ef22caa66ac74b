import Application
import ArgumentParser
import Curl
import Foundation
import ServiceLifecycle
import Simulator
import UnixSignals

/// The command `highscores simulator`.
struct SimulatorCommand: LongRunningCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulator",
        abstract: "Run a Bot API server with a small Telegram of its own, to develop games without Telegram.",
        discussion: examples(
            "highscores simulator",
            "three people, two groups and a bot; set TELEGRAM_API_URL to its address",
            "highscores simulator --token 123:ABC --username my_bot --game tetris \\\n    --state telegram.json",
            "a bot and game of one's own, kept over restarts"
        ) + """


            Open its address to see the chats as people do. GET /simulator lists the
            routes by which a program acts for people.
            """
    )

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = HostPort(host: "127.0.0.1", port: 8081)

    @Option(help: "The file that keeps the state over restarts.")
    var state: String?

    @Option(help: "The token of the bot. It is a secret of the simulation only.")
    var token = DemoPopulation.token

    @Option(help: "The username of the bot, without '@'.")
    var username = DemoPopulation.username

    @Option(
        help: ArgumentHelp("A game of the bot beside the demo's; may be repeated.", valueName: "short-name")
    )
    var game: [String] = []

    @Flag(help: "Start with nothing: bots, people and chats are added over HTTP.")
    var empty = false

    mutating func validate() throws {
        guard !empty || (game.isEmpty && token == DemoPopulation.token && username == DemoPopulation.username)
        else {
            throw ValidationError("'--empty' has no bot for '--token', '--username' or '--game' to describe.")
        }
    }

    mutating func run() async throws {
        let settings = try Settings.load(from: ProcessInfo.processInfo.environment)
        let logger = settings.makeServiceLogger()
        let http = try CurlClient()
        var configuration = SimulatorConfiguration()
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.stateFile = state
        configuration.logger = logger
        let simulator = try Simulator(configuration, sender: CurlWebhooks.sender(http))
        if !empty { try populate(simulator) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [http, simulator, Announcement(simulator: simulator, token: empty ? nil : token)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }

    private func populate(_ simulator: Simulator) throws {
        try simulator.change { telegram, now throws(SimulationError) in
            let bot = try DemoPopulation.populate(&telegram, token: token, now: now)
            if username != DemoPopulation.username {
                _ = try telegram.addBot(token: token, username: username, name: username)
            }
            for name in game { try telegram.addGame(SimulatedGame(shortName: name, title: name), to: bot) }
        }
    }
}

/// Prints the simulator's address once its port is open.
private struct Announcement: Service {
    let simulator: Simulator
    let token: String?

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            let address: String? = await simulator.wait(within: 60_000) { _ in simulator.baseURL }
            guard let address else { return }
            if let token {
                StandardError.write(
                    line: "highscores: TELEGRAM_API_URL=\(address) TELEGRAM_BOT_TOKEN=\(token)"
                )
            }
            try StandardOutput.write("\(address)\n")
        }
        try? await gracefulShutdown()
    }
}
