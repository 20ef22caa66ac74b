import BotAPI
import Leaderboards
import TestSupport
import Testing

@testable import Outbox

/// No number that was read from outside ends the process: with the suites of the same name elsewhere, a million cases.
@Suite struct NumberFuzzTests {
    @Test func `tables and waits take any number`() {
        var fuzz = Fuzz(seed: 11_904)
        for _ in 0..<120_000 {
            var walk = TableWalk([PlayerID(rawValue: 5)], isWhole: true)
            let rows = (0..<3).map {
                TableWalk.Row(position: fuzz.number(), player: PlayerID(rawValue: 4 + $0), score: 7)
            }
            walk.note(rows, askedFor: PlayerID(rawValue: 5))
            _ = walk.next()
            _ = RetrySchedule.telegram.wait(afterFailures: Int(fuzz.number()), random: 1)
        }
    }
}
