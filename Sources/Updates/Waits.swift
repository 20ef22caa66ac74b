import BotAPI
import Leaderboards

/// How a service waits: by a clock that tests replace, and with waits that spread out.
struct Waits: Sendable {
    let clock: any Clock<Duration>
    let random: @Sendable () -> Double

    /// Between tries of something that an operator must put right.
    static let untilPutRight = Duration.seconds(30)

    /// Waits; returns early when the task is cancelled.
    func sleep(_ duration: Duration) async {
        try? await clock.sleep(for: duration)
    }

    /// Does something, and says how long it took by the same clock.
    func timed<Value>(_ body: () async -> Value) async -> (Value, Duration) {
        func time<C: Clock<Duration>>(_ clock: C) async -> (Value, Duration) {
            let start = clock.now
            let value = await body()
            return (value, start.duration(to: clock.now))
        }
        return await time(clock)
    }

    /// The wait before a failed call is made again.
    ///
    /// - Parameter failures: How many calls have failed in a row, from 1.
    func wait(after answer: BotAnswer, failures: Int) -> Duration {
        switch answer {
        case .retryAfter(let seconds): .seconds(seconds)
        case .temporary: RetrySchedule.telegram.wait(afterFailures: failures, random: random())
        default: Self.untilPutRight
        }
    }
}
