package import BotAPI
package import Leaderboards
import ServiceLifecycle
import Storage
import Synchronization

/// Brings one bot's scores to Telegram: claims what is due, calls, writes down what came of it.
///
/// Of all instances one claims at a time (``Shift``). A crash at any point leaves a lease that runs out and returns
/// the row; repeating an ordinary call is harmless, for Telegram keeps the higher score.
package final class Courier: Service {
    /// Calls still open so long after the request to stop are left to their lease.
    static let shutdownPatience: Duration = .seconds(8)
    /// Calls that may be under way at once: Telegram may sit on each for some seconds before it answers.
    static let maximumCalls = 100

    /// The bot whose scores it brings.
    package let bot: BotID
    private let client: BotClient
    let effects: DeliveryEffects
    let report: @Sendable (DeliveryEvent) -> Void
    private let state = Mutex(State())

    private struct State {
        var calls = 0
        var refusal: String?
        /// Wakes the shift, while there is one.
        var wakeUp: AsyncStream<Void>.Continuation?
    }

    /// A call to be made.
    struct Job: Sendable {
        let item: DeliveryClaim.Item
        let term: any CallTerm
        /// Whether Telegram refused the bot's token so far.
        let isProbe: Bool
    }

    /// Makes a courier.
    ///
    /// - Parameter effects: What it does to the database.
    package init(
        bot: BotID,
        client: BotClient,
        effects: DeliveryEffects,
        report: @escaping @Sendable (DeliveryEvent) -> Void = { _ in }
    ) {
        self.bot = bot
        self.client = client
        self.effects = effects
        self.report = report
    }

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
        let (jobs, intake) = AsyncStream<Job>.makeStream()
        await withTaskGroup(of: Bool.self) { group in
            // Before all else that this process does: what a claim found gets old until its call starts.
            group.addTask(priority: .high) {
                await withDiscardingTaskGroup { calls in
                    for await job in jobs { calls.addTask(priority: .high) { await self.carryOut(job) } }
                }
                return true
            }
            group.addTask(priority: .high) {
                await self.effects.lead(self.bot) { await self.lead(handing: intake) }
                intake.finish()
                return false
            }
            group.addTask {
                // Ends early, by throwing, only when cancelled.
                try? await gracefulShutdown()
                try? await Task.sleep(for: Self.shutdownPatience)
                return true
            }
            while let isEnd = await group.next(), !isEnd {}
            group.cancelAll()
        }
    }

    private func lead(handing intake: AsyncStream<Job>.Continuation) async {
        let (wakeUps, wakeUp) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let shift = Shift(courier: self, wakeUps: wakeUps, wakeUp: wakeUp) { job in
            self.state.withLock { $0.calls += 1 }
            intake.yield(job)
        }
        state.withLock { $0.wakeUp = wakeUp }
        defer {
            state.withLock { state in
                state.wakeUp = nil
                // Whoever leads next has its own state to tell.
                state.refusal = nil
            }
        }
        await withGracefulShutdownHandler {
            await shift.work()
        } onGracefulShutdown: {
            wakeUp.finish()
        }
    }

    /// How many more calls may be under way.
    var capacity: Int { Self.maximumCalls - state.withLock { $0.calls } }

    // MARK: - One call

    private func carryOut(_ job: Job) async {
        defer {
            state.withLock { $0.calls -= 1 }
            wake()
        }
        let delivery = job.item.delivery
        guard let answer = await answer(to: job) else { return }
        do {
            guard let settlement = try await effects.settle(delivery, answer) else {
                return report(.leaseLost(bot: bot))
            }
            if settlement.isChatForbidden { report(.chatRefused(bot: bot, reason: settlement.error ?? "-")) }
            if settlement.next == .dead { report(.dead(bot: bot, reason: settlement.error ?? "-")) }
            if job.isProbe, answer.isOfAcceptedToken { try await job.term.noteAcceptance() }
        } catch {
            report(.settleFailed(bot: bot, reason: "\(error)"))
        }
    }

    /// Calls Telegram.
    ///
    /// - Returns: What it answered; nil when the call was cut off by the shutdown, so that only its lease returns it.
    private func answer(to job: Job) async -> DeliveryAnswer? {
        let delivery = job.item.delivery
        guard let target = MessageTarget(delivery.target.target) else {
            return .targetGone("the message id is beyond what Telegram uses")
        }
        guard !Task.isCancelled, job.term.start(job.item) else {
            report(.slotMissed(bot: bot))
            return .notCalled
        }
        let start = ContinuousClock.now
        let (answer, outcome) = await client.answer(to: delivery, at: target)
        // A call that was cut off by the shutdown may have arrived.
        guard !Task.isCancelled else { return nil }
        report(
            .called(
                bot: bot,
                step: delivery.call.step,
                code: answer.code,
                duration: ContinuousClock.now - start
            )
        )
        if case .migrated(let new) = answer, let old = delivery.target.target.chat {
            await effects.recordMigration(bot, old, TelegramChatID(rawValue: new))
        }
        note(outcome)
        return outcome
    }

    /// Remembers that Telegram refused the token, and forgets that when it takes it again.
    private func note(_ answer: DeliveryAnswer) {
        if case .botRefused(let reason) = answer {
            let isNew = state.withLock { state in
                defer { state.refusal = reason }
                return state.refusal == nil
            }
            if isNew { report(.paused(bot: bot, reason: reason)) }
        } else if answer.isOfAcceptedToken {
            let wasRefused = state.withLock { state in
                defer { state.refusal = nil }
                return state.refusal != nil
            }
            if wasRefused { report(.resumed(bot: bot)) }
        }
    }
}
