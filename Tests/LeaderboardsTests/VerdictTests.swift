import Leaderboards
import Testing

/// What follows when a run breaks rules.
struct VerdictTests {
    /// All five rules, of which a score of 0 after 0 s with three before breaks some.
    private static func bounds(
        _ outcomes: [PlausibilityRule: RuleOutcome],
        isShadow: Bool = false
    ) -> ScoreBounds {
        ScoreBounds(
            minimum: 10,
            maximum: 100,
            maximumPerSecond: 2,
            minimumSeconds: 5,
            maximumPerHour: 3,
            outcomes: outcomes,
            isShadow: isShadow
        )
    }

    private struct Case {
        let outcomes: [PlausibilityRule: RuleOutcome]
        var isShadow = false
        let score: Int32
        let seconds: Double
        let earlier: Int
        let codes: [String]
        let consequence: RuleOutcome
        let isReviewed: Bool
    }

    private static let cases: [Case] = [
        Case(
            outcomes: [:],
            score: 20,
            seconds: 10,
            earlier: 2,
            codes: [],
            consequence: .accept,
            isReviewed: false
        ),
        Case(
            outcomes: [:],
            score: 20,
            seconds: 10,
            earlier: 3,
            codes: ["too_often"],
            consequence: .refuse,
            isReviewed: false
        ),
        Case(
            outcomes: [.maximumPerHour: .hold],
            score: 20,
            seconds: 10,
            earlier: 4,
            codes: ["too_often"],
            consequence: .hold,
            isReviewed: true
        ),
        // The strictest of those broken decides, whatever others lead to.
        Case(
            outcomes: [.maximumPerHour: .accept, .minimumSeconds: .hold],
            score: 5,
            seconds: 4,
            earlier: 3,
            codes: ["below_min_score", "too_short", "too_often"],
            consequence: .refuse,
            isReviewed: false
        ),
        Case(
            outcomes: [.maximumPerHour: .accept, .minimumSeconds: .hold, .minimumScore: .accept],
            score: 5,
            seconds: 4,
            earlier: 3,
            codes: ["below_min_score", "too_short", "too_often"],
            consequence: .hold,
            isReviewed: true
        ),
        Case(
            outcomes: [.maximumPerSecond: .accept],
            score: 21,
            seconds: 10,
            earlier: 0,
            codes: ["too_fast"],
            consequence: .accept,
            isReviewed: false
        ),
        Case(
            outcomes: [:],
            isShadow: true,
            score: 101,
            seconds: 1000,
            earlier: 0,
            codes: ["above_max_score"],
            consequence: .accept,
            isReviewed: true
        ),
        Case(
            outcomes: [:],
            isShadow: true,
            score: 20,
            seconds: 10,
            earlier: 0,
            codes: [],
            consequence: .accept,
            isReviewed: false
        ),
    ]

    @Test(arguments: cases.indices) func `a run is judged`(_ index: Int) throws {
        let one = Self.cases[index]
        let verdict = Self.bounds(one.outcomes, isShadow: one.isShadow).judge(
            score: try #require(Score(one.score)),
            duration: .seconds(one.seconds),
            earlier: one.earlier
        )
        #expect(verdict.codes == one.codes)
        #expect(verdict.consequence == one.consequence)
        #expect(verdict.counts == (one.consequence == .accept))
        #expect(verdict.isReviewed == one.isReviewed)
        #expect(verdict.reasons == (one.isShadow ? [] : one.codes))
    }

    @Test func `refusing is what rules do when nothing else is said`() {
        #expect(ScoreBounds(outcomes: [.minimumScore: .refuse]) == ScoreBounds())
        var bounds = ScoreBounds(outcomes: [.minimumScore: .hold])
        bounds.outcomes[.minimumScore] = .refuse
        #expect(bounds == ScoreBounds() && bounds.outcome(of: .minimumScore) == .refuse)
    }

    @Test func `every rule has a code of its own`() {
        #expect(Set(PlausibilityRule.allCases.map(\.code)).count == PlausibilityRule.allCases.count)
    }
}
