/// How often something may happen: a steady rate, and a burst that may be used at once.
package struct RateLimit: Hashable, Sendable {
    package let perSecond: Double
    package let burst: Double

    /// Sets a limit.
    ///
    /// - Parameter burst: How many may come at once after a rest.
    package init(perSecond: Double, burst: Double) {
        self.perSecond = perSecond
        self.burst = burst
    }
}

/// A bucket that fills at a steady rate and from which every event takes one token.
package struct TokenBucket: Sendable {
    private var tokens: Double
    private var filledAt: Instant

    /// Makes a full bucket.
    package init(limit: RateLimit, now: Instant) {
        tokens = limit.burst
        filledAt = now
    }

    /// Takes a token.
    ///
    /// - Returns: Nil when there was one; else how long until there is.
    package mutating func take(limit: RateLimit, now: Instant) -> Duration? {
        fill(limit: limit, now: now)
        guard tokens >= 1 else { return .boundedSeconds((1 - tokens) / limit.perSecond) }
        tokens -= 1
        return nil
    }

    /// How many tokens could be taken at once.
    package mutating func available(limit: RateLimit, now: Instant) -> Int {
        fill(limit: limit, now: now)
        return Int(tokens)
    }

    private mutating func fill(limit: RateLimit, now: Instant) {
        let elapsed = Double(max((now - filledAt).wholeMilliseconds, 0)) / 1000
        tokens = min(limit.burst, tokens + elapsed * limit.perSecond)
        // Callers may come in another order than they looked at the clock; one that was set back goes on from there.
        filledAt = filledAt - now > .seconds(1) ? now : max(filledAt, now)
    }

    /// Whether the bucket is as full as a new one, so that it need not be kept.
    ///
    /// - Returns: Whether nothing is lost by forgetting it.
    package func isFull(limit: RateLimit, now: Instant) -> Bool {
        let elapsed = Double((now - filledAt).wholeMilliseconds) / 1000
        return tokens + elapsed * limit.perSecond >= limit.burst
    }
}
