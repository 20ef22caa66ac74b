import Leaderboards

/// One term of a courier as the one that claims.
///
/// Nothing is asked of the database while nothing can come of it: until somebody says that something may be due, until
/// the next chat has its turn, and while the bot's budget is used up. The first word that something is due is followed
/// at once, more of them together.
struct Shift {
    /// How often to claim; the first few words of a burst are followed at once.
    private static let pace = RateLimit(perSecond: 20, burst: 4)
    /// How often to look even if nobody says a word: one may be lost with its connection, and leases run out.
    private static let idleInterval: Duration = .seconds(5)
    /// How long nothing is looked at, whatever is said of when something will be due: clocks are set.
    private static let longestSilence: Duration = .seconds(30)
    /// How long to wait after the database failed.
    private static let failurePause: Duration = .seconds(1)

    let courier: Courier
    let wakeUps: AsyncStream<Void>
    let wakeUp: AsyncStream<Void>.Continuation
    /// Takes a call to be made.
    let hand: @Sendable (Courier.Job) -> Void

    private var effects: DeliveryEffects { courier.effects }

    /// Claims until the right is lost or the service stops.
    func work() async {
        await withDiscardingTaskGroup { timers in
            var timer: Instant?
            var term: (any CallTerm)?
            var notBefore: Instant?
            var bucket = TokenBucket(limit: Self.pace, now: effects.now())
            var lookAt: Instant?
            wakeUp.yield()
            for await _ in wakeUps {
                guard !Task.isCancelled else { break }
                let now = effects.now()
                var due = now + Self.failurePause
                if let notBefore, now < notBefore, notBefore <= now + Self.longestSilence {
                    due = notBefore
                } else if let wait = bucket.take(limit: Self.pace, now: now) {
                    due = now + wait + .milliseconds(1)
                } else {
                    do {
                        let current: any CallTerm
                        if let term {
                            current = term
                        } else {
                            current = try await effects.takeOver(courier.bot)
                            timers.addTask { try? await current.findForgotten() }
                        }
                        term = current
                        if lookAt.map({ $0 <= now || $0 > now + Self.idleInterval }) ?? true {
                            try await current.tidy()
                            lookAt = now + Self.idleInterval
                        }
                        let claim = try await claim(current)
                        guard !claim.isDeposed else { break }
                        notBefore = claim.notBefore
                        due = [claim.next, lookAt].compactMap { $0 }.min() ?? due
                        due = max(due, notBefore ?? due, now + .milliseconds(1))
                        due = min(due, now + Self.longestSilence)
                    } catch {
                        guard !Task.isCancelled else { break }
                        courier.report(.claimFailed(bot: courier.bot, reason: "\(error)"))
                        notBefore = due
                    }
                }
                // One that rings earlier is enough.
                if let timer, timer > now, timer <= due { continue }
                timer = due
                timers.addTask { [effects, wakeUp] in
                    await effects.sleep(due)
                    wakeUp.yield()
                }
            }
            timers.cancelAll()
        }
    }

    private func claim(_ term: any CallTerm) async throws -> DeliveryClaim {
        let limit = courier.capacity
        // Whichever call ends first wakes us.
        guard limit > 0 else { return DeliveryClaim() }
        let claim = try await term.claim(limit: limit)
        for item in claim.items { hand(Courier.Job(item: item, term: term, isProbe: claim.isProbe)) }
        return claim
    }
}
