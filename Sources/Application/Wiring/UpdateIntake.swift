import BotAPI
import Leaderboards
import Scoring
import ServiceLifecycle
import Telemetry
import Tokens
import Updates

/// All ways in which updates reach a process.
struct UpdateIntake: Sendable {
    /// What must run.
    let services: [any Service]
    private let bots: [BotID: Bot]
    private let handler: UpdateHandler
    private let secrets: [BotID: [String]]
    private let sources: @Sendable () -> [UnreadyReason]

    init(
        bots: [Bot],
        highscores: Highscores,
        telemetry: Telemetry,
        _ settings: Settings,
        takesWebhook: Bool
    ) throws(SettingsError) {
        let effects = UpdateEffects(highscores)
        let report = { @Sendable (event: UpdateEvent) in telemetry.record(event) }
        let handler = UpdateHandler(effects: effects, report: report)
        let identities = bots.map { BotIdentity(bot: $0, effects: effects, report: report) }
        var registrars: [WebhookRegistrar] = []
        var pollers: [Poller] = []
        switch settings.updates {
        case .webhook:
            let publicURL = try settings.requirePublicURL()
            registrars = bots.map {
                WebhookRegistrar(
                    bot: $0,
                    publicURL: publicURL,
                    takesWebhook: takesWebhook,
                    effects: effects,
                    report: report
                )
            }
        case .polling:
            pollers = bots.map { Poller(bot: $0, handler: handler, effects: effects, report: report) }
        case .off: break
        }
        self.bots = Dictionary(bots.map { ($0.id, $0) }) { first, _ in first }
        self.handler = handler
        secrets = self.bots.mapValues { highscores.webhookSecrets(of: $0.id) }
        services = identities as [any Service] + registrars + pollers
        sources = { [registrars, pollers] in
            identities.flatMap(\.reasons) + registrars.flatMap(\.reasons) + pollers.flatMap(\.reasons)
        }
    }

    /// Why updates do not come, if so.
    var reasons: [UnreadyReason] { sources() }

    /// Handles an update that came by webhook, its secret checked.
    @Sendable func handle(_ id: BotID, _ body: [UInt8]) async -> UpdateOutcome {
        guard let bot = bots[id] else { return .accepted(reply: nil) }
        return await handler.handle(webhook: body, bot: bot)
    }

    /// Whether a webhook's secret is that of a bot which this process serves.
    @Sendable func accepts(_ secret: String?, _ bot: BotID) -> Bool {
        secrets[bot].map { TokenKeys.isSecret(secret, among: $0) } ?? false
    }
}
