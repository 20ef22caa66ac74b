import Leaderboards

/// When the next claim is made.
///
/// Nothing is asked of the database while nothing can come of it: until somebody says that something may be due, until
/// the next chat has its turn, and while the bot's budget is used up. The first word that something is due is followed
/// at once, more of them together. Calls are spread over the second: while much waits, a few leave at a time, as often as
/// uses up the budget.
struct ClaimPace {
    /// How often to claim; the first few words of a burst are followed at once.
    private static let limit = RateLimit(perSecond: 20, burst: 4)
    /// How often to poll even if nobody says a word: one may be lost with its connection, and leases run out.
    private static let pollInterval: Duration = .seconds(5)
    /// How long nothing is claimed, whatever is said of when something will be due: clocks are set.
    private static let longestSilence: Duration = .seconds(30)
    private static let failureDelay: Duration = .seconds(1)
    /// How many claims make the calls of a second.
    private static let claimsPerSecond = 10

    /// How many calls a claim makes at most.
    let share: Int
    /// How far apart calls are.
    private let interval: Duration
    /// Until when those that were made fill the budget.
    private var spreadUntil: Instant
    private var bucket: TokenBucket
    private var notBefore: Instant?
    private var pollAt: Instant?

    init(callsPerSecond: Int, now: Instant) {
        share = max(callsPerSecond / Self.claimsPerSecond, 1)
        interval = .seconds(1) / callsPerSecond
        spreadUntil = now
        bucket = TokenBucket(limit: Self.limit, now: now)
    }

    /// Until when a claim has to wait; nil when it is made now.
    mutating func delay(at now: Instant) -> Instant? {
        let opening = max(notBefore ?? spreadUntil, spreadUntil)
        if now < opening, opening <= now + Self.longestSilence { return opening }
        return bucket.take(limit: Self.limit, now: now).map { now + $0 + .milliseconds(1) }
    }

    /// Whether expired leases are to be looked for before the claim.
    func isPollDue(at now: Instant) -> Bool {
        pollAt.map { $0 <= now || $0 > now + Self.pollInterval } ?? true
    }

    mutating func polled(at now: Instant) { pollAt = now + Self.pollInterval }

    /// When to claim again, unless somebody says a word before.
    mutating func next(after result: ClaimResult, now: Instant) -> Instant {
        notBefore = result.notBefore
        // A claim that came a little late is made up for.
        let isCredible = spreadUntil <= now + .seconds(1)
        spreadUntil = max(isCredible ? spreadUntil : now, now - interval) + interval * result.claims.count
        let due = [result.next, pollAt].compactMap(\.self).min() ?? now + Self.failureDelay
        return min(max(due, notBefore ?? due, spreadUntil, now + .milliseconds(1)), now + Self.longestSilence)
    }

    /// When to claim again after the database failed.
    mutating func failed(at now: Instant) -> Instant {
        let due = now + Self.failureDelay
        notBefore = due
        return due
    }
}
