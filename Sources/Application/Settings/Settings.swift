package import BotAPI
package import Leaderboards
package import Logging
package import Web

/// Everything that the environment says, checked.
///
/// What a command does not need is not required: ``requireBotTokens()`` and ``requireSecrets()`` are asked by those
/// that do. A variable that is empty counts as not set.
package struct Settings: Sendable {
    /// How updates come from Telegram.
    ///
    /// With `off` a studio's own bot forwards them, or nobody does.
    package enum Updates: String, CaseIterable, Sendable {
        case webhook, polling, off
    }

    /// How log lines look.
    package enum LogFormat: String, CaseIterable, Sendable {
        case text, json
    }

    /// Telegram's own Bot API server.
    package static let telegramURL = "https://api.telegram.org"

    /// Where the database is; nil for a private cluster in ``dataFolder``.
    package var databaseURL: String?
    /// Where sessions are kept; nil for at ``databaseURL``.
    package var databaseSessionURL: String?
    /// The folder of the private cluster and of generated secrets.
    package var dataFolder = ".highscores"
    /// The bots to serve, each once; may be empty.
    package var botTokens: [BotToken] = []
    /// The Bot API server, without a slash at its end.
    package var apiURL = telegramURL
    /// Whether the bots live in Telegram's test environment, where games may be http, too.
    package var isTest = false
    /// The signing secrets: the first signs, all are accepted; nil when none is set.
    package var secrets: [String]?
    /// Where to listen.
    package var listen = HostPort(host: "127.0.0.1", port: 8080)
    /// The address that Telegram and players reach, without a slash at its end.
    package var publicURL: String?
    /// How updates come.
    package var updates = Updates.polling
    /// How long a launch may be used.
    package var launchTTL = Duration.seconds(24 * 3600)
    /// How long a run may be used.
    package var runTTL = Duration.seconds(6 * 3600)
    /// How often one player may submit; nil is as often as they like.
    package var playerRate: RateLimit? = RateLimit(perSecond: 5, burst: 50)
    /// How much pages may submit for one player in a UTC day; nil is any number.
    package var playerQuota: PlayerQuota? = .usual
    /// How many bytes of what transactions knew may be kept for the next ones; 0 keeps nothing.
    package var memory = 64_000_000
    /// How many calls Telegram takes.
    package var telegramRate = CallLimits()
    /// How many streams a player and an address may hold, and whose word tells addresses.
    package var streams = StreamLimits()
    /// Where to tell operators what is not for everybody; nil for at ``listen``.
    package var adminListen: HostPort?
    /// What is worth a log line.
    package var logLevel = Logger.Level.info
    /// How log lines look; nil for `text` on a terminal and `json` elsewhere.
    package var logFormat: LogFormat?
    /// What is to be said of variables that look like settings and are none, a sentence each.
    package var unknown: [String] = []

    /// The settings of an empty environment.
    package init() {}

    /// Reads and checks the environment; the first that is wrong is thrown.
    package static func load(from environment: [String: String]) throws(SettingsError) -> Settings {
        let reader = SettingsReader(environment)
        var settings = Settings()
        settings.databaseURL = try reader.connectionString("DATABASE_URL")
        settings.databaseSessionURL = try reader.databaseSessionURL(beside: settings.databaseURL)
        settings.dataFolder = reader["HIGHSCORES_DATA"] ?? settings.dataFolder
        settings.botTokens = try reader.botTokens()
        settings.apiURL = try reader.apiURL() ?? settings.apiURL
        settings.isTest = try reader.isOn("TELEGRAM_API_TEST")
        settings.secrets = try reader.secrets()
        settings.listen =
            try reader.hostPort("HIGHSCORES_LISTEN", example: "127.0.0.1:8080") ?? settings.listen
        settings.publicURL = try reader.publicURL(apiURL: settings.apiURL)
        settings.updates = try reader.updates(publicURL: settings.publicURL)
        settings.launchTTL =
            try reader.duration("HIGHSCORES_LAUNCH_TTL", example: "24h") ?? settings.launchTTL
        settings.runTTL = try reader.duration("HIGHSCORES_RUN_TTL", example: "6h") ?? settings.runTTL
        settings.playerRate = try reader.playerRate(default: settings.playerRate)
        settings.playerQuota = try reader.playerQuota(default: settings.playerQuota)
        settings.memory = try reader.memory() ?? settings.memory
        settings.telegramRate = try reader.telegramRate() ?? settings.telegramRate
        settings.streams = try reader.streams(default: settings.streams)
        settings.adminListen = try reader.hostPort("HIGHSCORES_ADMIN_LISTEN", example: "127.0.0.1:9090")
        settings.logLevel = try reader.choice("HIGHSCORES_LOG_LEVEL", example: "info") ?? settings.logLevel
        settings.logFormat = try reader.choice("HIGHSCORES_LOG_FORMAT", example: "json")
        settings.unknown = reader.unknown
        return settings
    }
}
