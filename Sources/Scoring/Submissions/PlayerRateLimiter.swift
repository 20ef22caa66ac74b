import Leaderboards
import Synchronization

/// Keeps players from submitting more often than their rate allows, on this instance.
final class PlayerRateLimiter: Sendable {
    private struct Key: Hashable {
        let bot: BotID
        let player: PlayerID
    }

    private struct State {
        var buckets: [Key: TokenBucket] = [:]
        /// At so many players full buckets are forgotten; twice what is left then, so that sweeps stay rare.
        var sweepCount = PlayerRateLimiter.minimumSweepCount
    }

    private static let minimumSweepCount = 50_000

    private let limit: RateLimit?
    private let state = Mutex(State())

    init(limit: RateLimit?) { self.limit = limit }

    /// Lets a submission pass or says when the next one may.
    ///
    /// - Throws: ``Refusal/rateLimited(retryAfter:)``.
    func admit(_ player: PlayerID, bot: BotID, now: Instant) throws(Refusal) {
        guard let limit else { return }
        let key = Key(bot: bot, player: player)
        let wait = state.withLock { state in
            if state.buckets.count >= state.sweepCount {
                state.buckets = state.buckets.filter { !$0.value.isFull(limit: limit, now: now) }
                state.sweepCount = max(Self.minimumSweepCount, 2 * state.buckets.count)
            }
            return state.buckets[key, default: TokenBucket(limit: limit, now: now)].take(
                limit: limit,
                now: now
            )
        }
        if let wait { throw .rateLimited(retryAfter: wait) }
    }
}
