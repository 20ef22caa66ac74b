import Leaderboards
import Storage
import TestSupport
import Testing

@testable import Outbox

/// Claims over virtual time, by a database that takes a while and timers that ring late.
@Suite(.timeLimit(.minutes(10))) struct ClaimPaceTests {
    private static let begin = Instant(milliseconds: 1_000_000)

    /// Runs claims for so long.
    ///
    /// - Parameters:
    ///   - lateness: How late a timer rings, in milliseconds.
    ///   - waiting: How many calls become due at a time, in milliseconds since the begin.
    /// - Returns: The time of each claim that found something, with how many calls it made.
    private func claims(
        for duration: Duration,
        limits: CallLimits,
        lateness: Int64,
        waiting: [Int64: Int]
    ) throws -> [(at: Int64, calls: Int)] {
        let claim = DeliveryClaim(
            key: DeliveryKey(
                game: GameID(rawValue: 1),
                chat: ChatID(rawValue: 1),
                player: PlayerID(rawValue: 1)
            ),
            call: DeliveryCall(step: .score, value: 1, claimedAt: Self.begin),
            target: try #require(Target.inline("AAAA").stored),
            lease: Identifier128(high: 1, low: 1)
        )
        var pace = ClaimPace(callsPerSecond: limits.botPerSecond, now: Self.begin)
        var starts: [Instant] = []
        var found: [(at: Int64, calls: Int)] = []
        var words = waiting.keys.sorted()
        var left = 0
        var now = Self.begin
        var timer = now
        while now < Self.begin + duration {
            var due = pace.delay(at: now)
            if due == nil {
                var result = ClaimResult()
                let calls = min(pace.share, limits.botRoom(after: starts, now: now), left)
                result.claims = Array(repeating: claim, count: calls)
                left -= calls
                starts += Array(repeating: now, count: calls)
                result.notBefore = limits.botOpening(after: starts)
                result.next = left > 0 ? now : nil
                if calls > 0 { found.append(((now - Self.begin).wholeMilliseconds, calls)) }
                due = pace.next(after: result, now: now)
            }
            timer = (due ?? now) + .milliseconds(lateness)
            // Whoever says a word is heard at once.
            if let word = words.first, Self.begin + .milliseconds(word) <= timer {
                words.removeFirst()
                left += waiting[word] ?? 0
                timer = max(Self.begin + .milliseconds(word), now)
            }
            now = timer
        }
        return found
    }

    @Test(arguments: [(0, 1_755), (5, 1_755), (30, 1_700)] as [(Int64, Int)])
    func `calls are spread over the second, and none of the budget is left over`(lateness: Int64, least: Int)
        throws
    {
        let limits = CallLimits()
        let claims = try claims(for: .seconds(60), limits: limits, lateness: lateness, waiting: [0: 10_000])
        #expect(claims.allSatisfy { $0.calls <= 3 })
        #expect(zip(claims, claims.dropFirst()).allSatisfy { $1.at - $0.at >= 60 })
        // 30 in any second and a margin of 20 ms.
        #expect(claims.map(\.calls).reduce(0, +) >= least)
        let starts = claims.flatMap { Array(repeating: $0.at, count: $0.calls) }
        #expect(zip(starts, starts.dropFirst(30)).allSatisfy { $1 - $0 >= 1020 })
    }

    @Test func `one that comes alone leaves at once, and a few together soon`() throws {
        let claims = try claims(
            for: .seconds(20),
            limits: CallLimits(),
            lateness: 1,
            waiting: [1_000: 1, 3_000: 1, 3_050: 1, 10_000: 12]
        )
        #expect(claims.map(\.at).prefix(3) == [1_000, 3_000, 3_050])
        let together = claims.dropFirst(3)
        #expect(together.first?.at == 10_000)
        #expect(together.map(\.calls) == [3, 3, 3, 3])
        #expect(together.last.map { $0.at <= 10_320 } == true)
    }

    @Test func `a small budget is one call at a time`() throws {
        let limits = CallLimits(botPerSecond: 4)
        let claims = try claims(for: .seconds(10), limits: limits, lateness: 1, waiting: [0: 100])
        #expect(claims.allSatisfy { $0.calls == 1 })
        #expect((36...40).contains(claims.count))
    }
}
