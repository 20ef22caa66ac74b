import Leaderboards
import Synchronization

/// Keeps players from submitting more often than their rate allows, on this instance.
final class PlayerRateLimiter: Sendable {
    private struct Key: Hashable {
        let bot: BotID
        let player: PlayerID
    }

    /// Beyond so many players, full buckets are forgotten.
    private static let capacity = 50_000

    private let limit: RateLimit?
    private let buckets = Mutex<[Key: TokenBucket]>([:])

    init(limit: RateLimit?) { self.limit = limit }

    /// Lets a submission pass or says when the next one may.
    ///
    /// - Throws: ``Refusal/rateLimited(retryAfter:)``.
    func admit(_ player: PlayerID, bot: BotID, now: Instant) throws(Refusal) {
        guard let limit else { return }
        let key = Key(bot: bot, player: player)
        let wait = buckets.withLock { buckets -> Duration? in
            if buckets.count >= Self.capacity {
                buckets = buckets.filter { !$0.value.isFull(limit: limit, now: now) }
            }
            return buckets[key, default: TokenBucket(limit: limit, now: now)].take(limit: limit, now: now)
        }
        if let wait { throw .rateLimited(retryAfter: wait) }
    }
}
