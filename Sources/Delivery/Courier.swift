package import BotAPI
package import Leaderboards
package import Scoring
import ServiceLifecycle
import Storage
import Synchronization

/// Brings one bot's scores to Telegram: claims what is due, calls, writes down what came of it.
///
/// Any number of instances may run beside one another, since a row is claimed by one of them at a time. A crash at any
/// point leaves a lease that runs out and returns the row; repeating an ordinary call is harmless, for Telegram keeps
/// the higher score.
package final class Courier: Service {
    /// Calls of one bot that may be under way at once.
    static let maximumCalls = 16
    /// Telegram's limit of calls a second for one bot (Bot API FAQ, broadcasting).
    package static let callsPerSecond = 30
    /// How often to look even if nobody wakes us: a notification may be lost with its connection.
    static let idleInterval: Duration = .seconds(5)
    /// Calls still open so long after the request to stop are left to their lease.
    static let shutdownPatience: Duration = .seconds(8)
    /// How long all calls of a bot rest after Telegram refused its token.
    static let pauseWhenRefused: Duration = .seconds(30)

    /// The bot whose scores it brings.
    package let bot: BotID
    private let client: BotClient
    private let effects: DeliveryEffects
    private let report: @Sendable (DeliveryEvent) -> Void
    private let pace: RateLimit
    private let wakeUps: AsyncStream<Void>
    private let wakeUp: AsyncStream<Void>.Continuation
    private let state: Mutex<State>

    fileprivate struct State {
        var calls = 0
        var bucket: TokenBucket
        /// When the next timer wakes us; later ones need not be set.
        var timer: Instant?
        var pausedUntil: Instant?
        var refusal: String?
    }

    /// Makes a courier.
    ///
    /// - Parameters:
    ///   - bot: The bot.
    ///   - client: Calls Telegram for it.
    ///   - effects: What it does to the database.
    ///   - callsPerSecond: How many calls may start in any second.
    ///   - report: Is told what happens.
    package init(
        bot: BotID,
        client: BotClient,
        effects: DeliveryEffects,
        callsPerSecond: Int = Courier.callsPerSecond,
        report: @escaping @Sendable (DeliveryEvent) -> Void = { _ in }
    ) {
        self.bot = bot
        self.client = client
        self.effects = effects
        self.report = report
        // A bucket of a third that fills at two thirds of the rate never lets more than the whole pass in a second.
        let third = Double(callsPerSecond) / 3
        pace = RateLimit(perSecond: 2 * third, burst: max(third, 1))
        state = Mutex(State(bucket: TokenBucket(limit: pace, now: effects.now())))
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says that something may be due.
    package func wake() { wakeUp.yield() }

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
        wake()
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await self.deliver() }
                group.addTask {
                    // Ends early, by throwing, only when cancelled.
                    try? await gracefulShutdown()
                    try? await Task.sleep(for: Self.shutdownPatience)
                }
                await group.next()
                group.cancelAll()
            }
        } onGracefulShutdown: {
            self.wakeUp.finish()
        }
    }

    private func deliver() async {
        await withDiscardingTaskGroup { group in
            for await _ in wakeUps { await dispatch(in: &group) }
        }
    }

    /// Claims and starts calls until nothing is due or the limits are reached.
    private func dispatch(in group: inout DiscardingTaskGroup) async {
        while !Task.isCancelled {
            let now = effects.now()
            let room = state.withLock { $0.room(at: now, pace: pace) }
            guard room > 0 else {
                return setTimer(at: state.withLock { $0.pausedUntil } ?? now + .milliseconds(100), in: &group)
            }
            let claim: DeliveryEffects.Claim
            do { claim = try await effects.claim(bot, room) } catch {
                report(.claimFailed(bot: bot, reason: "\(error)"))
                return setTimer(at: now + .seconds(1), in: &group)
            }
            guard !claim.deliveries.isEmpty else {
                return setTimer(at: min(claim.next ?? .distantFuture, now + Self.idleInterval), in: &group)
            }
            state.withLock { $0.begin(claim.deliveries.count, at: now, pace: pace) }
            for delivery in claim.deliveries {
                group.addTask {
                    await self.carryOut(delivery)
                    self.state.withLock { $0.calls -= 1 }
                    self.wake()
                }
            }
        }
    }

    private func setTimer(at due: Instant, in group: inout DiscardingTaskGroup) {
        let now = effects.now()
        let isNeeded = state.withLock { state in
            if let timer = state.timer, timer > now, timer <= due { return false }
            state.timer = due
            return true
        }
        guard isNeeded else { return }
        group.addTask {
            try? await cancelWhenGracefulShutdown {
                try await Task.sleep(for: max(due - now, .milliseconds(1)))
            }
            self.wake()
        }
    }

    private func carryOut(_ delivery: ClaimedDelivery) async {
        let answer = await call(for: delivery)
        // A call that was cut off by the shutdown may have arrived; its lease returns the row.
        guard !Task.isCancelled else { return }
        do {
            guard let settlement = try await effects.settle(delivery, answer) else {
                return report(.leaseLost(bot: bot))
            }
            if settlement.next == .dead { report(.dead(bot: bot, reason: settlement.error ?? "-")) }
        } catch {
            report(.settleFailed(bot: bot, reason: "\(error)"))
        }
    }

    private func call(for delivery: ClaimedDelivery) async -> DeliveryAnswer {
        guard let target = MessageTarget(delivery.target.target) else {
            return .targetGone("the message id is beyond what Telegram uses")
        }
        let start = ContinuousClock.now
        let answer = await client.answer(
            to: SetGameScore(
                userID: delivery.key.player.rawValue,
                score: delivery.wanted,
                target: target,
                force: delivery.isForced
            )
        )
        report(.called(bot: bot, code: answer.code, duration: ContinuousClock.now - start))
        if case .migrated(let new) = answer, case .message(let old, _) = delivery.target.target {
            await effects.recordMigration(bot, old, TelegramChatID(rawValue: new))
        }
        let outcome = DeliveryAnswer(answer)
        note(outcome)
        return outcome
    }

    /// Rests after Telegram refused the token, and forgets that when it takes it again.
    private func note(_ answer: DeliveryAnswer) {
        let now = effects.now()
        switch answer {
        case .botRefused(let reason):
            let isNew = state.withLock { state in
                defer { state.refusal = reason }
                state.pausedUntil = now + Self.pauseWhenRefused
                return state.refusal == nil
            }
            if isNew { report(.paused(bot: bot, reason: reason)) }
        case .delivered, .notModified:
            state.withLock { state in
                state.refusal = nil
                state.pausedUntil = nil
            }
        default: break
        }
    }
}

extension Courier.State {
    /// How many calls may start now.
    fileprivate mutating func room(at now: Instant, pace: RateLimit) -> Int {
        if let pausedUntil, now < pausedUntil { return 0 }
        return min(Courier.maximumCalls - calls, bucket.available(limit: pace, now: now))
    }

    fileprivate mutating func begin(_ count: Int, at now: Instant, pace: RateLimit) {
        calls += count
        for _ in 0..<count { _ = bucket.take(limit: pace, now: now) }
    }
}

extension Instant {
    /// Later than anything that is waited for.
    fileprivate static let distantFuture = Instant(milliseconds: .max)
}
