import BotAPI
import Testing

/// Failed calls are made again after waits that double and spread out.
struct RetryScheduleTests {
    @Test(arguments: [
        (0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (1_000_000, 30),
    ])
    func `waits double up to half a minute`(failures: Int, seconds: Int) {
        let wait = RetrySchedule.telegram.wait(afterFailures: failures, random: 0.5)
        #expect(wait == .seconds(seconds))
    }

    @Test func `waits are spread by a fifth to either side`() {
        let schedule = RetrySchedule(first: .seconds(10), longest: .seconds(100), jitter: 0.2)
        #expect((schedule.wait(afterFailures: 1, random: 0) / .milliseconds(1)).rounded() == 8_000)
        #expect((schedule.wait(afterFailures: 1, random: 1) / .milliseconds(1)).rounded() == 12_000)
    }
}
