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
        "updates by webhook, the schema brought up to date first"
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
