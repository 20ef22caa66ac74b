import Application
import ArgumentParser
import Curl
import Foundation
import ServiceLifecycle
import Simulator
import UnixSignals
import Web

extension CallbackQueryMode: ExpressibleByArgument {}

struct SimulatorCommand: LongRunningCommand {
    static let configuration = CommandConfiguration(
        "simulator",
        "Run a Bot API server with a small Telegram of its own, to develop games without Telegram.",
        "highscores simulator",
        "three people, two groups and a bot; set TELEGRAM_API_URL to its address",
        "highscores simulator --token 123:ABC --username my_bot --game tetris \\\n    --state telegram.json",
        "a bot and game of one's own, kept over restarts",
        "highscores simulator --faults '50% of setGameScore: any'",
        "half of the calls fail, each in a way that is drawn for it",
        more: """
            Open its address to see the chats as people do. GET /simulator lists the
            routes by which a program acts for people.

            FAULTS
              [N% of | first N of] METHOD|all [in CHAT] [by BOT] [from TIME] [until TIME]:
                WAY, WAY, …

              429 [SECONDS]            too many calls, with retry_after
              400 TEXT … 499 TEXT      refused in Telegram's words
              500 … 599                a page in HTML instead of an answer
              lose_call, lose_answer   the connection breaks before, after the deed
              hang, hang_answer        no answer comes, without or with the deed
              garble                   the deed, and an answer that is not readable
              delay TIME               a slow call
              any                      429 or one of the pages and ways above
              delete_message           the message of the call is gone
              kick [TIME]              the bot is out of the group, for a time
              migrate                  the group becomes a supergroup
              revoke [TIME]            the bot's token is refused, for a time

              One way is drawn for each call that the rule is for. Times count from the
              start. Rules are divided by ';' or stand on lines of a file; a file may also
              be a JSON list of what POST /simulator/faults takes.
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

    @Option(
        help: ArgumentHelp(
            "What goes wrong with the bot's calls: rules, or a file of them; may be repeated.",
            valueName: "rules|@file"
        )
    )
    var faults: [String] = []

    @Option(help: "Decides all identifiers of a new state, and which calls go wrong.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "How presses on the bot's own messages arrive: with the message, inline where it is lost, or always inline.",
            valueName: "default|auto|inline"
        )
    )
    var callbackQueryMode = CallbackQueryMode.default

    @Flag(help: "Tell the bot of mentions in chats that it is no member of (guest mode).")
    var guest = false

    @Flag(help: "Start with nothing: bots, people and chats are added over HTTP.")
    var empty = false

    mutating func validate() throws {
        guard !empty || (game.isEmpty && token == DemoPopulation.token && username == DemoPopulation.username)
        else {
            throw ValidationError("'--empty' has no bot for '--token', '--username' or '--game' to describe.")
        }
        _ = try plannedFaults()
    }

    func run() async throws {
        let settings = try Settings.load(from: ProcessInfo.processInfo.environment)
        let logger = settings.makeServiceLogger()
        let http = try CurlClient()
        var configuration = SimulatorConfiguration()
        configuration.host = listen.host
        configuration.port = listen.port
        configuration.stateFile = state
        configuration.seed = seed
        configuration.logger = logger
        let announced = empty ? nil : token
        configuration.onListening = { address in
            if let announced { remark("TELEGRAM_API_URL=\(address) TELEGRAM_BOT_TOKEN=\(announced)") }
            // Nobody may be there to read it.
            _ = try? StandardOutput.write("\(address)\n")
        }
        let simulator = try Simulator(configuration, sender: http.webhookSender)
        if !empty { try populate(simulator) }
        simulator.plan(try plannedFaults())
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [http, simulator],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        try await group.run()
    }

    private func plannedFaults() throws -> [Fault] {
        try faults.flatMap { text in
            do {
                guard text.hasPrefix("@") else { return try Fault.parse(text) }
                let path = String(text.dropFirst())
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw ValidationError("'--faults @\(path)': there is no such file.")
                }
                return try Fault.parse(String(decoding: data, as: UTF8.self))
            } catch let error as SimulationError {
                throw ValidationError("'--faults': \(error)")
            }
        }
    }

    private func populate(_ simulator: Simulator) throws {
        try simulator.change { telegram, now throws(SimulationError) in
            let bot = try DemoPopulation.populate(&telegram, token: token, now: now)
            if username != DemoPopulation.username {
                _ = try telegram.addBot(token: token, username: username, name: username)
            }
            try telegram.setCallbackQueryMode(callbackQueryMode, of: bot)
            try telegram.setGuestQueries(guest, of: bot)
            for name in game { try telegram.addGame(SimulatedGame(shortName: name, title: name), to: bot) }
        }
    }
}
