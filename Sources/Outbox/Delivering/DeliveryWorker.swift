package import BotAPI
package import Leaderboards
import ServiceLifecycle
import Storage
import Synchronization

/// Brings one bot's scores to Telegram: claims what is due, calls, settles.
///
/// Of all instances one claims at a time. A crash at any point leaves a lease that runs out and returns the row;
/// repeating an ordinary call is harmless, for Telegram keeps the higher score.
package final class DeliveryWorker: Service {
    /// Calls still open so long after the request to stop are left to their lease.
    private static let shutdownTimeout: Duration = .seconds(8)
    /// Calls that may be under way at once: Telegram may sit on each for some seconds before it answers.
    static let maximumCalls = 100

    let effects: any DeliveryEffects
    let client: BotClient
    let report: @Sendable (DeliveryEvent) -> Void
    let state = Mutex(State())

    struct State {
        var calls = 0
        /// In which words Telegram refuses the bot's token.
        var refusal: String?
        /// Wakes the one who claims, while there is one.
        var wakeUp: AsyncStream<Void>.Continuation?
    }

    package init(
        _ effects: any DeliveryEffects,
        client: BotClient,
        report: @escaping @Sendable (DeliveryEvent) -> Void = { _ in }
    ) {
        self.effects = effects
        self.client = client
        self.report = report
    }

    package var bot: BotID { effects.bot }

    /// Says that something may be due.
    package func wake() { state.withLock { $0.wakeUp }?.yield() }

    /// Whether this instance is the one that calls for the bot.
    package var isLeading: Bool { state.withLock { $0.wakeUp != nil } }

    /// Why the bot's scores do not reach Telegram, if so.
    package var reasons: [UnreadyReason] {
        guard let refusal = state.withLock({ $0.refusal }) else { return [] }
        return [
            UnreadyReason(
                code: "bot_unauthorized",
                detail: "Telegram refuses the token of bot \(bot): \(refusal); its deliveries wait. "
                    + "Put the bot's current token into TELEGRAM_BOT_TOKEN and restart.",
                isFatal: false
            )
        ]
    }

    /// Delivers until the service is asked to stop, then finishes the calls that are under way.
    package func run() async throws {
        let (claims, intake) = AsyncStream<DeliveryClaim>.makeStream()
        await withTaskGroup(of: Bool.self) { group in
            // Before all else that this process does: what a claim found gets old until its call starts.
            group.addTask(priority: .high) {
                await withDiscardingTaskGroup { calls in
                    for await claim in claims {
                        calls.addTask(priority: .high) { await self.carryOut(claim) }
                    }
                }
                return true
            }
            group.addTask(priority: .high) {
                await self.effects.lead { await self.lead(handing: intake) }
                intake.finish()
                return false
            }
            group.addTask {
                // Ends early, by throwing, only when cancelled.
                try? await gracefulShutdown()
                try? await Task.sleep(for: Self.shutdownTimeout)
                return true
            }
            while let isEnd = await group.next(), !isEnd {}
            group.cancelAll()
        }
    }

    private func lead(handing intake: AsyncStream<DeliveryClaim>.Continuation) async {
        let (wakeUps, wakeUp) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.wakeUp = wakeUp }
        defer {
            state.withLock { state in
                state.wakeUp = nil
                // Whoever leads next has its own state to tell.
                state.refusal = nil
            }
        }
        await withGracefulShutdownHandler {
            await work(wakeUps, wakeUp, handing: intake)
        } onGracefulShutdown: {
            wakeUp.finish()
        }
    }

    /// Claims until the right is lost or the service stops.
    private func work(
        _ wakeUps: AsyncStream<Void>,
        _ wakeUp: AsyncStream<Void>.Continuation,
        handing intake: AsyncStream<DeliveryClaim>.Continuation
    ) async {
        await withDiscardingTaskGroup { timers in
            var pace = ClaimPace(callsPerSecond: effects.callsPerSecond, now: effects.now)
            var timer: Instant?
            var hasTakenOver = false
            wakeUp.yield()
            for await _ in wakeUps {
                guard !Task.isCancelled else { break }
                let now = effects.now
                var due = pace.delay(at: now)
                if due == nil {
                    do {
                        if !hasTakenOver {
                            try await effects.takeOver()
                            hasTakenOver = true
                            timers.addTask { [effects] in try? await effects.queueForgotten() }
                        }
                        if pace.isPollDue(at: now) {
                            try await effects.takeBackExpired()
                            pace.polled(at: now)
                        }
                        let result = try await claim(pace.share, handing: intake)
                        guard !result.isDeposed else { break }
                        due = pace.next(after: result, now: now)
                    } catch {
                        guard !Task.isCancelled else { break }
                        report(.claimFailed(bot: bot, reason: "\(error)"))
                        due = pace.failed(at: now)
                    }
                }
                // One that rings earlier is enough.
                guard let due, timer.map({ $0 <= now || $0 > due }) ?? true else { continue }
                timer = due
                timers.addTask { [effects] in
                    await effects.sleep(until: due)
                    wakeUp.yield()
                }
            }
            timers.cancelAll()
        }
    }

    private func claim(
        _ share: Int,
        handing intake: AsyncStream<DeliveryClaim>.Continuation
    ) async throws -> ClaimResult {
        let limit = min(share, Self.maximumCalls - state.withLock { $0.calls })
        // Whichever call ends first wakes us.
        guard limit > 0 else { return ClaimResult() }
        let result = try await effects.claim(limit: limit)
        state.withLock { $0.calls += result.claims.count }
        for claim in result.claims { intake.yield(claim) }
        return result
    }
}
