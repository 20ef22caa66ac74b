import Application
import ArgumentParser
import Foundation
import Logging
import Telemetry
import Web

struct ServeCommand: LongRunningCommand {
    static let configuration = CommandConfiguration(
        "serve",
        "Run the service.",
        "TELEGRAM_BOT_TOKEN=123:ABC highscores serve",
        "long polling and a private database: nothing else to set up",
        "HIGHSCORES_PUBLIC_URL=https://play.example.com highscores serve --migrate",
        "updates by webhook, the schema brought up to date first",
        more: """
            ENVIRONMENT
              DATABASE_URL                the database; else a private PostgreSQL is run
              DATABASE_SESSION_URL        the same past a pooler, for what needs sessions
              TELEGRAM_BOT_TOKEN[_FILE]   the bots' tokens, or a file with one a line
              TELEGRAM_API_URL            the Bot API server; https://api.telegram.org
              TELEGRAM_API_TEST           on: Telegram's test environment
              HIGHSCORES_DATA             private database and secret; .highscores
              HIGHSCORES_SECRET           signs tokens; kept for as long as they are used
              HIGHSCORES_LISTEN           host:port; 127.0.0.1:8080
              HIGHSCORES_ADMIN_LISTEN     host:port of /metrics and reasons of /readyz
              HIGHSCORES_PUBLIC_URL       the https address; updates come by webhook then
              HIGHSCORES_UPDATES          webhook, polling or off
              HIGHSCORES_LAUNCH_TTL       how long a launch may be used; 24h
              HIGHSCORES_RUN_TTL          how long a run may be; 6h
              HIGHSCORES_PLAYER_RATE      submissions of a player; 5/s burst 50
              HIGHSCORES_PLAYER_QUOTA     of a player in a UTC day; 5000 runs 4MB
              HIGHSCORES_STREAMS          of a player and an address; 64 1024
              HIGHSCORES_TRUSTED_PROXIES  whose X-Forwarded-For is believed
              HIGHSCORES_TELEGRAM_RATE    chat 1/s 20/min, bot 30/s
              HIGHSCORES_MEMORY           remembered of leaderboards; 64MB, or off
              HIGHSCORES_LOG_LEVEL        debug, info, notice, warning …; info
              HIGHSCORES_LOG_FORMAT       text or json; text on a terminal
            The log is written to standard error, an event a line; each line that a
            request causes has its request_id, which the answer has as X-Request-Id.
            """
    )

    @Flag(help: "Bring an old schema up to date instead of refusing it.")
    var migrate = false

    @Flag(help: "Replace a webhook that points elsewhere.")
    var takeWebhook = false

    @Option(help: ArgumentHelp("Where to listen, instead of HIGHSCORES_LISTEN.", valueName: "host:port"))
    var listen: HostPort?

    func run() async throws {
        var settings = try Settings.load(from: ProcessInfo.processInfo.environment)
        if let listen { settings.listen = listen }
        try await ServeProgram.run(
            settings: settings,
            isMigrating: migrate,
            takesWebhook: takeWebhook,
            logger: settings.makeServiceLogger()
        )
    }
}

extension Settings {
    /// Sets the log of a process that runs on its own up.
    func makeServiceLogger() -> Logger {
        let level = logLevel
        let format = logFormat ?? (StandardError.isTerminal ? .text : .json)
        let makeHandler = { @Sendable (label: String, provider: Logger.MetadataProvider?) -> any LogHandler in
            var handler = LineLogHandler(label: label, isJSON: format == .json)
            handler.logLevel = level
            handler.metadataProvider = provider
            return handler
        }
        LoggingSystem.bootstrap(makeHandler, metadataProvider: .request)
        return Logger(label: "highscores")
    }
}
