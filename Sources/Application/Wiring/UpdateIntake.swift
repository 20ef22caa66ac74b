import BotAPI
import Leaderboards
import Scoring
import ServiceLifecycle
import Telemetry
import Updates
import Web

/// All ways in which updates reach a process.
struct UpdateIntake: Sendable {
    /// What must run.
    let services: [any Service]
    private let bots: [BotID: Bot]
    private let handler: UpdateHandler
    private let sources: @Sendable () -> [UnreadyReason]

    /// Puts the ways together.
    ///
    /// - Parameter bots: The bots that are served.
    init(
        bots: [Bot],
        highscores: Highscores,
        telemetry: Telemetry,
        from source: Deployment.UpdateSource
    ) {
        let effects = UpdateEffects(highscores)
        let report = { @Sendable (event: UpdateEvent) in telemetry.record(event) }
        let handler = UpdateHandler(effects: effects, report: report)
        let identities = bots.map { BotIdentity(bot: $0, effects: effects, report: report) }
        let registrars: [WebhookRegistrar]
        let pollers: [Poller]
        switch source {
        case .webhook(let publicURL, let takesWebhook):
            registrars = bots.map {
                WebhookRegistrar(
                    bot: $0,
                    publicURL: publicURL,
                    takesWebhook: takesWebhook,
                    effects: effects,
                    report: report
                )
            }
            pollers = []
        case .polling:
            registrars = []
            pollers = bots.map { Poller(bot: $0, handler: handler, effects: effects, report: report) }
        case .off:
            registrars = []
            pollers = []
        }
        self.bots = Dictionary(bots.map { ($0.id, $0) }) { first, _ in first }
        self.handler = handler
        services = identities as [any Service] + registrars + pollers
        sources = {
            identities.flatMap(\.reasons) + registrars.flatMap(\.reasons) + pollers.flatMap(\.reasons)
        }
    }

    /// Why updates do not come, if so.
    var reasons: [UnreadyReason] { sources() }

    /// Handles an update that came by webhook, its secret checked.
    @Sendable func handle(_ id: BotID, _ body: [UInt8]) async -> WebhookAnswer {
        guard let bot = bots[id] else { return .ok(nil) }
        switch await handler.handle(webhook: body, bot: bot) {
        case .accepted(let reply): return .ok(reply?.webhookReply())
        case .postponed(let wait): return .retry(after: wait)
        }
    }

    /// The same use cases, but updates are taken for the bots of this process only.
    func guarding(_ useCases: WebUseCases) -> WebUseCases {
        var guarded = useCases
        let served = Set(bots.keys)
        let accepts = useCases.acceptsWebhook
        guarded.acceptsWebhook = { secret, bot in served.contains(bot) && accepts(secret, bot) }
        return guarded
    }
}
