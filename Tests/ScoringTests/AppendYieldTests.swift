import Testing

@testable import Scoring

/// Runs are appended while that saves work, and again when it would.
struct AppendYieldTests {
    /// Plays runs of which some share is settled by being appended.
    ///
    /// - Returns: How many were tried.
    private func play(_ yield: inout AppendYield, runs: Int, settledOf100: Int) -> Int {
        var tried = 0
        for run in 0..<runs where yield.choose() {
            tried += 1
            yield.note(isSettled: run * 37 % 100 < settledOf100)
        }
        return tried
    }

    @Test(arguments: [(100, true), (60, true), (10, false), (0, false)])
    func `the share of settled runs decides`(_ settledOf100: Int, _ pays: Bool) {
        var yield = AppendYield()
        _ = play(&yield, runs: 2000, settledOf100: settledOf100)
        let tried = play(&yield, runs: 2560, settledOf100: settledOf100)
        #expect(pays ? tried == 2560 : tried == 2560 / AppendYield.sample)
    }

    @Test func `a game that calms down is appended to again`() {
        var yield = AppendYield()
        _ = play(&yield, runs: 2000, settledOf100: 0)
        _ = play(&yield, runs: 16 * AppendYield.sample, settledOf100: 100)
        #expect(play(&yield, runs: 100, settledOf100: 100) == 100)
    }
}
