import BotAPI
import Curl
import Outbox
import Leaderboards
package import Logging
package import Postgres
import Operations
import Scoring
package import ServiceLifecycle
import Telemetry
import Tokens
import Updates
package import Web

/// One process of the service, put together from its layers.
package struct Deployment {
    /// Everything that must run, in the order of starting; stopping goes the other way, from the edge inwards.
    package let services: [any Service]

    /// Puts a process together; nothing happens before its services run, which tell of each port that is opened.
    ///
    /// - Parameter takesWebhook: Whether a webhook that points elsewhere is replaced.
    package init(
        _ settings: Settings,
        database: PostgresConfiguration,
        takesWebhook: Bool,
        logger: Logger,
        onListening: @escaping @Sendable (WebServer.Listener, _ port: Int) -> Void
    ) throws {
        let tokens = try settings.requireBotTokens()
        var scoring = settings.scoringConfiguration
        var server = WebConfiguration(
            address: settings.listen,
            adminAddress: settings.adminListen,
            streams: settings.streams
        )
        server.fitDescriptors(&scoring.watches)
        let clock = { @Sendable in Instant.now }
        let telemetry = Telemetry(logger: logger)
        let pool = PostgresPool(configuration: database, logger: logger)
        let http = try CurlClient()
        let workers = DeliveryWorkers()
        let highscores = Highscores(
            pool: pool,
            keys: TokenKeys(secrets: try settings.requireSecrets()),
            configuration: scoring,
            logger: logger,
            clock: clock,
            miniApps: Dictionary(
                tokens.map {
                    (BotID(rawValue: $0.botID), MiniAppKey(botToken: $0.secret.revealed))
                }
            ) { first, _ in first },
            onDeliveries: { workers.wake($0) },
            onPlay: { telemetry.record($0) }
        )
        let bots = tokens.map {
            Bot(
                client: BotClient(
                    token: $0,
                    baseURL: settings.apiURL,
                    isTest: settings.isTest,
                    transport: http.botTransport
                )
            )
        }
        workers.set(
            bots.map { bot in
                let queue = DeliveryQueue(
                    bot: bot.id,
                    pool: pool,
                    limits: scoring.callLimits,
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
        let intake = try UpdateIntake(
            bots: bots,
            highscores: highscores,
            telemetry: telemetry,
            settings,
            takesWebhook: takesWebhook
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
            configuration: server,
            services: WebServices(
                highscores,
                acceptsWebhook: intake.accepts,
                handleUpdate: intake.handle,
                readiness: readiness,
                metrics: {
                    telemetry.prometheusText(
                        .ofPlay(highscores) + .ofDatabase(pool)
                            + .ofDeliveries(workers, backlog.status, now: clock())
                            + .ofService(isReady: !readiness().contains(where: \.isFatal)) + .ofProcess,
                        naming: highscores.name(of:)
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
