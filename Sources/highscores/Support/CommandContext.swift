import Application
import BotAPI
import Curl
import Foundation
import Glibc
import Leaderboards
import Logging
import Postgres
import Operations
import Scoring

/// What a command that ends works with.
struct CommandContext: Sendable {
    let settings: Settings
    /// Speaks to the person at the terminal.
    let logger: Logger

    /// Reads the environment.
    init() throws(SettingsError) {
        settings = try Settings.load(from: ProcessInfo.processInfo.environment)
        var logger = Logger(label: "highscores") { _ in RemarkHandler() }
        // What is worth a remark to a person is less than what is worth a line in a server's log.
        logger.logLevel = settings.logLevel == .info ? .notice : settings.logLevel
        self.logger = logger
    }

    /// Connections to a database whose schema fits.
    func withPool<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
        try await settings.withPool(logger: logger, body)
    }

    /// What an operator does, in the name of the user who runs this.
    func withAdministration<R: Sendable>(
        _ body: (Administration) async throws -> R
    ) async throws -> R {
        try await withPool { pool in
            try await body(
                Administration(
                    pool: pool,
                    actor: Self.userName(),
                    takesPlainHTTP: settings.isTest,
                    launchMemory: retentionMargin
                )
            )
        }
    }

    /// For how long a launch may be heard of, as far as this command's settings say.
    var retentionMargin: Duration {
        var scoring = ScoringConfiguration()
        scoring.launchLifetime = settings.launchTTL
        scoring.runLifetime = settings.runTTL
        return scoring.retentionMargin
    }

    /// Calls the Bot API for the configured bots.
    func withClients<R: Sendable>(_ body: ([BotClient]) async throws -> R) async throws -> R {
        let http = try CurlClient()
        let clients = settings.botTokens.map {
            BotClient(
                token: $0,
                baseURL: settings.apiURL,
                isTest: settings.isTest,
                transport: http.botTransport
            )
        }
        do {
            let result = try await body(clients)
            await http.shutdown()
            return result
        } catch {
            await http.shutdown()
            throw error
        }
    }

    /// The name of the user who runs this, or their number where it has none.
    static func userName() -> String {
        guard let name = getpwuid(geteuid())?.pointee.pw_name else { return "uid \(geteuid())" }
        return String(cString: name)
    }
}

/// Prints log lines as remarks of the program: their `detail`, which is a sentence, where they have one.
private struct RemarkHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { _, new in new }
        if let detail = fields["detail"] { return remark("\(detail)") }
        let details = fields.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        remark("\(event.message)\(details)")
    }
}
