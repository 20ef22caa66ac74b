import Leaderboards
import TestSupport
import Testing

@testable import Web

/// Whatever numbers stand in a query, it is read or refused.
@Suite struct NumberFuzzTests {
    @Test func `queries and waits of any numbers are read or refused`() {
        var fuzz = Fuzz(seed: 11_951)
        let forms = [
            "/v1/leaderboard?window=week&at=#-12-31T23:59:59.#Z&limit=#",
            "/v1/leaderboard?at=9999-12-31T00:00:00-#:00",
            "/v1/leaderboard?limit=#&around=#", "/v1/leaderboard?cursor=#&limit=#",
        ]
        var read = 0
        for _ in 0..<60_000 {
            if (try? LeaderboardQuery(Request(fuzz.text(fuzz.pick(forms))).query)) != nil { read += 1 }
            #expect(Problem.seconds(.seconds(fuzz.number())) >= 1)
        }
        #expect(read > 1000)
    }
}
