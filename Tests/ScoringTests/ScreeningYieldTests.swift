import Testing

@testable import Scoring

/// Screening is done while it saves work, and taken up again when it would.
struct ScreeningYieldTests {
    /// Plays runs of which some share is settled by screening.
    ///
    /// - Returns: How many were screened.
    private func play(_ yield: inout ScreeningYield, runs: Int, settledOf100: Int) -> Int {
        var screened = 0
        for run in 0..<runs where yield.choose() {
            screened += 1
            yield.note(isSettled: run * 37 % 100 < settledOf100)
        }
        return screened
    }

    @Test(arguments: [(100, true), (60, true), (10, false), (0, false)])
    func `the share of settled runs decides`(_ settledOf100: Int, _ pays: Bool) {
        var yield = ScreeningYield()
        _ = play(&yield, runs: 2000, settledOf100: settledOf100)
        let screened = play(&yield, runs: 2560, settledOf100: settledOf100)
        #expect(pays ? screened == 2560 : screened == 2560 / ScreeningYield.sample)
    }

    @Test func `a game that calms down is screened again`() {
        var yield = ScreeningYield()
        _ = play(&yield, runs: 2000, settledOf100: 0)
        _ = play(&yield, runs: 16 * ScreeningYield.sample, settledOf100: 100)
        #expect(play(&yield, runs: 100, settledOf100: 100) == 100)
    }
}
