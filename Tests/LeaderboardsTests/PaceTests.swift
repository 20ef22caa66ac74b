import Leaderboards
import Testing

/// Limits and waits follow from the time they are given.
struct PaceTests {
    private let start = Instant(milliseconds: 1_000_000)
    private let limit = RateLimit(perSecond: 5, burst: 3)

    @Test func `a bucket gives its burst at once, then at its rate`() {
        var bucket = TokenBucket(limit: limit, now: start)
        for _ in 0..<3 { #expect(bucket.take(limit: limit, now: start) == nil) }
        #expect(bucket.take(limit: limit, now: start) == .milliseconds(200))
        #expect(bucket.take(limit: limit, now: start + .milliseconds(150)) != nil)
        #expect(bucket.take(limit: limit, now: start + .milliseconds(200)) == nil)
        #expect(bucket.take(limit: limit, now: start + .milliseconds(200)) != nil)
    }

    @Test(arguments: [1e-19 / 3600, .leastNonzeroMagnitude, 0])
    func `a rate of next to nothing waits, and no longer than can be told`(perSecond: Double) {
        let limit = RateLimit(perSecond: perSecond, burst: 1)
        var bucket = TokenBucket(limit: limit, now: start)
        #expect(bucket.take(limit: limit, now: start) == nil)
        #expect(bucket.take(limit: limit, now: start) == .longest)
    }

    @Test func `waiting as long as told is enough`() throws {
        let limit = RateLimit(perSecond: 3, burst: 1)
        var bucket = TokenBucket(limit: limit, now: start)
        #expect(bucket.take(limit: limit, now: start) == nil)
        let refusal = bucket.take(limit: limit, now: start)
        let wait = try #require(refusal)
        #expect(bucket.take(limit: limit, now: start + wait + .milliseconds(1)) == nil)
    }

    @Test func `a rest fills a bucket no further than its burst`() {
        var bucket = TokenBucket(limit: limit, now: start)
        #expect(bucket.isFull(limit: limit, now: start))
        _ = bucket.take(limit: limit, now: start)
        #expect(!bucket.isFull(limit: limit, now: start))
        let later = start + .seconds(3600)
        #expect(bucket.isFull(limit: limit, now: later))
        #expect(bucket.available(limit: limit, now: later) == 3)
    }

    @Test func `a clock that goes back neither fills nor empties a bucket`() {
        var bucket = TokenBucket(limit: limit, now: start)
        for _ in 0..<3 { _ = bucket.take(limit: limit, now: start) }
        #expect(bucket.take(limit: limit, now: start + .seconds(-60)) != nil)
        #expect(bucket.take(limit: limit, now: start + .milliseconds(200)) == nil)
    }

    @Test func `a bucket goes on from where a clock was set back to`() {
        var bucket = TokenBucket(limit: limit, now: start)
        let back = start + .seconds(-3600)
        for _ in 0..<3 { _ = bucket.take(limit: limit, now: start) }
        #expect(bucket.take(limit: limit, now: back) != nil)
        #expect(bucket.take(limit: limit, now: back + .milliseconds(200)) == nil)
        #expect(bucket.take(limit: limit, now: back + .milliseconds(200)) != nil)
    }
}
