/// When to try again after failures that time may heal.
package struct RetrySchedule: Sendable {
    /// The wait after the first failure.
    package let first: Duration
    /// The longest wait.
    package let longest: Duration
    /// How far a wait may be stretched or shortened, so that many waiters do not return at once.
    package let jitter: Double

    package init(first: Duration, longest: Duration, jitter: Double) {
        self.first = first
        self.longest = longest
        self.jitter = jitter
    }

    /// 1, 2, 4 … at most 30 s, ±20 %: for everything that calls Telegram.
    package static let telegram = RetrySchedule(first: .seconds(1), longest: .seconds(30), jitter: 0.2)

    /// The wait before the next try after so many failures, from 1; a random number from 0 to 1 places it within the
    /// jitter.
    package func wait(afterFailures failures: Int, random: Double) -> Duration {
        // Beyond 2^20 any sensible longest wait is reached.
        let doubled = first * (1 << (min(max(failures, 1), 21) - 1))
        return min(doubled, longest) * (1 - jitter + 2 * jitter * random)
    }
}
