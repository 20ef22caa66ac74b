package import BotAPI
import Curl
import Outbox
import Leaderboards
package import Logging
package import Postgres
import Operations
package import Scoring
package import ServiceLifecycle
import Telemetry
import Tokens
import Updates
package import Web

/// One process of the service, put together from its layers.
package struct Deployment {
    /// How a process learns of updates.
    package enum UpdateSource: Sendable {
        /// Telegram delivers them to this address of ours.
        case webhook(publicURL: String, takesWebhook: Bool)
        case polling
        /// A studio's own bot forwards them, or nobody does.
        case off
    }

    /// What differs from one deployment to the next.
    package struct Parameters: Sendable {
        package var database: PostgresConfiguration
        package var secrets: [String]
        package var tokens: [BotToken]
        package var apiURL: String
        /// Whether the bots live in Telegram's test environment.
        package var isTest = false
        package var updates: UpdateSource
        package var web: WebConfiguration
        package var scoring: ScoringConfiguration = ScoringConfiguration()
    }

    /// Everything that must run, in the order of starting; stopping goes the other way, from the edge inwards.
    package let services: [any Service]

    /// Puts a process together; nothing happens before its services run, which tell of each port that is opened.
    package init(
        _ parameters: Parameters,
        logger: Logger,
        onListening: @escaping @Sendable (WebServer.Listener, _ port: Int) -> Void
    ) throws {
        var parameters = parameters
        DescriptorLimit.raise().bound(&parameters)
        let clock = { @Sendable in Instant.now }
        let telemetry = Telemetry(logger: logger)
        let pool = PostgresPool(configuration: parameters.database, logger: logger)
        let http = try CurlClient()
        let workers = DeliveryWorkers()
        let highscores = Highscores(
            pool: pool,
            keys: TokenKeys(secrets: parameters.secrets),
            configuration: parameters.scoring,
            logger: logger,
            clock: clock,
            miniApps: Dictionary(
                parameters.tokens.map {
                    (BotID(rawValue: $0.botID), MiniAppKey(botToken: $0.secret.revealed))
                }
            ) { first, _ in first },
            onDeliveries: { workers.wake($0) },
            onBreach: { telemetry.record($0) },
            onMetadata: { telemetry.record(metadataBytes: $0) }
        )
        let bots = parameters.tokens.map {
            Bot(
                client: BotClient(
                    token: $0,
                    baseURL: parameters.apiURL,
                    isTest: parameters.isTest,
                    transport: http.botTransport
                )
            )
        }
        workers.set(
            bots.map { bot in
                let queue = DeliveryQueue(
                    bot: bot.id,
                    pool: pool,
                    limits: parameters.scoring.callLimits,
                    roles: highscores.roles,
                    onMigration: { old, new in
                        try? await highscores.record(.migrated(from: old, to: new), bot: bot.id)
                    },
                    clock: clock
                )
                return DeliveryWorker(queue, client: bot.client, report: { telemetry.record($0) })
            }
        )
        let backlog = BacklogWatch(bots: { workers.led }) {
            try await DeliveryStatus.read(from: pool)
        }
        let intake = UpdateIntake(
            bots: bots,
            highscores: highscores,
            telemetry: telemetry,
            from: parameters.updates
        )
        // Two parts that call the same bot's Telegram may have the same to say.
        let readiness = { @Sendable in
            var reasons: [UnreadyReason] = []
            for reason in highscores.readiness + intake.reasons + workers.reasons + backlog.reasons
            where !reasons.contains(reason) {
                reasons.append(reason)
            }
            return reasons
        }
        let web = WebServer(
            configuration: parameters.web,
            services: WebServices(
                highscores,
                acceptsWebhook: intake.accepts,
                handleUpdate: intake.handle,
                readiness: readiness,
                metrics: {
                    telemetry.prometheusText(
                        gauges: .ofProcess(
                            pool: pool,
                            watches: highscores.watchCount,
                            memory: highscores.memory.statistics,
                            isReady: readiness().isEmpty
                        ) + .ofDeliveries(workers, backlog.status, now: clock())
                    )
                },
                observe: { telemetry.record($0) }
            ),
            logger: logger,
            onListening: onListening
        )
        services = [pool, http] + highscores.services + workers.all + [backlog] + intake.services + [web]
    }
}
