import Leaderboards
import Testing

/// What a game's operator sets decides on scores and on what Telegram shows.
struct GameRulesTests {
    @Test(arguments: ["same", "off", "inverted:1", "inverted:100000", "inverted:2147483647"])
    func `a way to show scores in Telegram has one spelling`(text: String) {
        #expect(TelegramScore(text)?.description == text)
    }

    @Test(arguments: [
        "", "Same", "inverted", "inverted:", "inverted:0", "inverted:-1", "inverted:2147483648",
        "inverted:1.5",
    ])
    func `an unknown way is refused`(text: String) {
        #expect(TelegramScore(text) == nil)
    }

    @Test(
        arguments: [
            (.same, 0, nil), (.same, 1, 1), (.same, 2_147_483_647, 2_147_483_647),
            (.same, 2_147_483_648, 2_147_483_647),
            (.same, .max, 2_147_483_647), (.off, 5, nil), (.inverted(ceiling: 100), 0, 100),
            (.inverted(ceiling: 100), 99, 1), (.inverted(ceiling: 100), 100, nil),
            (.inverted(ceiling: 100), 101, nil),
            (.inverted(ceiling: .max), 1, 2_147_483_646),
        ] as [(TelegramScore, Int64, Int32?)]
    )
    func `Telegram is to hold this for a score`(way: TelegramScore, score: Int64, value: Int32?) {
        #expect(way.value(for: score) == value)
    }

    @Test func `scores of which less is better are not shown as they are`() {
        #expect(GameRules(order: .lower, telegramScore: .same).conflict() != nil)
        #expect(GameRules(order: .lower, telegramScore: .off).conflict() == nil)
        #expect(GameRules(order: .lower, telegramScore: .inverted(ceiling: 10)).conflict() == nil)
        #expect(GameRules(order: .higher, telegramScore: .same).conflict() == nil)
        #expect(GameRules(bounds: ScoreBounds(minimum: 5, maximum: 4)).conflict() != nil)
        #expect(GameRules(bounds: ScoreBounds(minimum: 5, maximum: 5)).conflict() == nil)
    }

    @Test(arguments: GameRules.Order.allCases, [0, 1, 77, Int64(Int32.max), Int64(Int32.max) * 1000])
    func `a sort key leads back to its score`(order: GameRules.Order, score: Int64) {
        let rules = GameRules(order: order)
        #expect(rules.score(ofScoreKey: rules.scoreKey(for: score)) == score)
    }

    @Test func `the better score has the smaller sort key`() {
        #expect(GameRules(order: .higher).scoreKey(for: 2) < GameRules(order: .higher).scoreKey(for: 1))
        #expect(GameRules(order: .lower).scoreKey(for: 1) < GameRules(order: .lower).scoreKey(for: 2))
    }

    @Test(
        arguments: [
            (ScoreBounds(), 0, 0, []),
            (ScoreBounds(minimum: 10), 9, 60, ["below_min_score"]),
            (ScoreBounds(minimum: 10), 10, 60, []),
            (ScoreBounds(maximum: 10), 10, 60, []),
            (ScoreBounds(maximum: 10), 11, 60, ["above_max_score"]),
            (ScoreBounds(minimumSeconds: 5), 1, 4.999, ["too_short"]),
            (ScoreBounds(minimumSeconds: 5), 1, 5, []),
            (ScoreBounds(maximumPerSecond: 2.5), 25, 10, []),
            (ScoreBounds(maximumPerSecond: 2.5), 26, 10, ["too_fast"]),
            (ScoreBounds(maximumPerSecond: 2.5), 0, 0, []),
            (ScoreBounds(maximumPerSecond: 2.5), 1, 0, ["too_fast"]),
            (
                ScoreBounds(maximum: 10, maximumPerSecond: 1, minimumSeconds: 5), 11, 1,
                ["above_max_score", "too_short", "too_fast"]
            ),
        ] as [(ScoreBounds, Int32, Double, [String])]
    )
    func `a score breaks these bounds`(
        bounds: ScoreBounds,
        score: Int32,
        seconds: Double,
        reasons: [String]
    ) throws {
        let score = try #require(Score(score))
        let verdict = bounds.judge(score: score, duration: .seconds(seconds))
        #expect(verdict.codes == reasons && verdict.reasons == reasons)
        #expect(verdict.consequence == (reasons.isEmpty ? .accept : .refuse))
    }

    @Test func `only bounds on time need a run that was started`() {
        #expect(!ScoreBounds(minimum: 1, maximum: 2).needsDuration)
        #expect(ScoreBounds(maximumPerSecond: 1).needsDuration)
        #expect(ScoreBounds(minimumSeconds: 1).needsDuration)
    }
}
