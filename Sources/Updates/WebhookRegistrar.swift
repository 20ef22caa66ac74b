package import BotAPI
package import Leaderboards
import Scoring
import ServiceLifecycle

/// Has a bot's updates delivered to this service, unless they go elsewhere already.
package final class WebhookRegistrar: Service {
    private let bot: Bot
    private let url: String
    private let takesWebhook: Bool
    private let effects: UpdateEffects
    private let report: @Sendable (UpdateEvent) -> Void
    private let waits: Waits
    private let status: StatusReason

    /// Telegram's default; one process answers far more presses than these connections carry.
    static let maxConnections = 40

    package init(
        bot: Bot,
        publicURL: String,
        takesWebhook: Bool,
        effects: UpdateEffects,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        report: @escaping @Sendable (UpdateEvent) -> Void
    ) {
        self.bot = bot
        url = Self.address(of: bot.id, publicURL: publicURL)
        self.takesWebhook = takesWebhook
        self.effects = effects
        self.report = report
        waits = Waits(clock: clock, random: random)
        status = StatusReason(.webhookNotSet(bot: bot.id, nil))
    }

    /// The address to which a bot's updates are delivered.
    ///
    /// - Parameter publicURL: The address of this service, with or without a slash at its end.
    package static func address(of bot: BotID, publicURL: String) -> String {
        var base = Substring(publicURL)
        while base.hasSuffix("/") { base.removeLast() }
        return "\(base)/telegram/\(bot)"
    }

    /// The call that points a bot's webhook to this service.
    ///
    /// - Parameter secret: The secret of the bot's deliveries.
    /// - Returns: The call, with exactly the kinds of updates that are handled.
    package static func registration(url: String, secret: String) -> SetWebhook {
        SetWebhook(url: url, secretToken: SecretText(secret), maxConnections: maxConnections)
    }

    /// Why updates do not come by webhook, if so; fatal until `setWebhook` has succeeded once.
    package var reasons: [UnreadyReason] { status.list }

    /// Runs until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.establish() }
        try await gracefulShutdown()
    }

    /// Returns when the webhook is set, or the task is cancelled.
    func establish() async {
        var failures = 0
        var knownHost: String?
        while !Task.isCancelled {
            do {
                let info = try await bot.client.call(GetWebhookInfo())
                if !info.url.isEmpty, info.url != url, !takesWebhook {
                    failures = 0
                    let host = hostName(of: info.url)
                    status.set(.webhookElsewhere(bot: bot.id, host: host))
                    if host != knownHost { report(.webhookElsewhere(bot: bot.id, host: host)) }
                    knownHost = host
                    // It may be taken away; until then the bot behind it may forward presses to us.
                    await waits.sleep(Waits.untilPutRight)
                    continue
                }
                // Set again even when the address fits: the secret or the kinds of updates may have changed.
                let secret = effects.webhookSecret(bot.id)
                _ = try await bot.client.call(Self.registration(url: url, secret: secret))
                status.set(nil)
                report(.webhookSet(bot: bot.id))
                return
            } catch {
                guard !Task.isCancelled else { return }
                failures += 1
                knownHost = nil
                status.set(.webhookNotSet(bot: bot.id, error.answer))
                report(.webhookFailed(bot: bot.id, answer: error.answer))
                await waits.sleep(waits.wait(after: error.answer, failures: failures))
            }
        }
    }
}

/// The host of an address, without what may be secret: user, password, path and query.
package func hostName(of url: String) -> String {
    let scheme = url.firstRange(of: "://")
    let rest = url[(scheme?.upperBound ?? url.startIndex)...]
    let authority = rest.prefix { !"/?#".contains($0) }
    return authority.split(separator: "@").last.map(String.init) ?? "?"
}

extension UnreadyReason {
    fileprivate static func webhookNotSet(bot: BotID, _ answer: BotAnswer?) -> UnreadyReason {
        UnreadyReason(
            code: "webhook_not_set",
            detail: "the webhook of bot \(bot) is not set yet" + (answer.map { ": \($0)" } ?? ""),
            isFatal: true
        )
    }

    fileprivate static func webhookElsewhere(bot: BotID, host: String) -> UnreadyReason {
        UnreadyReason(
            code: "webhook_elsewhere",
            detail: "the webhook of bot \(bot) points to \(host) and is left alone; "
                + "have that bot forward game callbacks, or start with --take-webhook",
            isFatal: false
        )
    }
}
