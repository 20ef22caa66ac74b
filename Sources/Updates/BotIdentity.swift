import BotAPI
package import Leaderboards
import Scoring
import ServiceLifecycle

/// Asks a bot's token who it is and stores the answer; tries until both have worked.
///
/// It runs in every mode, also without updates: games are named by the bot's username.
package final class BotIdentity: Service {
    private let bot: Bot
    private let effects: UpdateEffects
    private let report: @Sendable (UpdateEvent) -> Void
    private let waits: Waits
    private let status = StatusReason()

    package init(
        bot: Bot,
        effects: UpdateEffects,
        clock: any Clock<Duration> = ContinuousClock(),
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) },
        report: @escaping @Sendable (UpdateEvent) -> Void
    ) {
        self.bot = bot
        self.effects = effects
        self.report = report
        waits = Waits(clock: clock, random: random)
    }

    /// Why the bot is not known to work; never a reason to stop serving.
    package var reasons: [UnreadyReason] { status.list }

    /// Runs until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.establish() }
        try await gracefulShutdown()
    }

    /// Returns when the bot is known and stored, or the task is cancelled.
    func establish() async {
        guard let username = await identify() else { return }
        var failures = 0
        while !Task.isCancelled {
            do {
                return try await effects.register(bot.id, username)
            } catch {
                failures += 1
                report(.registrationFailed(bot: bot.id))
                await waits.sleep(
                    RetrySchedule.telegram.wait(afterFailures: failures, random: waits.random())
                )
            }
        }
    }

    private func identify() async -> String? {
        var failures = 0
        while !Task.isCancelled {
            do {
                let identity = try await bot.client.call(GetMe())
                bot.identify(as: identity)
                status.set(nil)
                report(.identified(bot: bot.id, username: identity.username))
                return identity.username
            } catch {
                guard !Task.isCancelled else { break }
                failures += 1
                status.set(UnreadyReason(bot: bot.id, error.answer))
                report(.identityFailed(bot: bot.id, answer: error.answer))
                await waits.sleep(waits.wait(after: error.answer, failures: failures))
            }
        }
        return nil
    }
}
