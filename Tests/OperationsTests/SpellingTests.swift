import Leaderboards
import Testing

@testable import Operations

/// What operators type in other words than programs write.
@Suite struct SpellingTests {
    /// A Sunday, 2026-03-01T12:00:00.000Z.
    private static let now = Instant(milliseconds: 1_772_366_400_000)

    @Test(arguments: [
        ("now", "2026-03-01T12:00:00.000Z"), ("today", "2026-03-01T00:00:00.000Z"),
        ("yesterday", "2026-02-28T00:00:00.000Z"), ("2h", "2026-03-01T10:00:00.000Z"),
        ("90s", "2026-03-01T11:58:30.000Z"), ("1d12h", "2026-02-28T00:00:00.000Z"),
        ("3w", "2026-02-08T12:00:00.000Z"), ("2026-02-03", "2026-02-03T00:00:00.000Z"),
        ("2026-W02", "2026-01-05T00:00:00.000Z"), ("2026-02", "2026-02-01T00:00:00.000Z"),
        ("2026-02-03T04:05:06Z", "2026-02-03T04:05:06.000Z"),
        ("2026-02-03 04:05", "2026-02-03T04:05:00.000Z"),
        ("2026-02-03T04:05:06+01:00", "2026-02-03T03:05:06.000Z"),
    ])
    func `a time is understood in many forms`(_ text: String, _ expected: String) {
        #expect(Instant(spelled: text, now: Self.now)?.description == expected)
    }

    @Test(arguments: [
        "", "soon", "2", "h", "2x", "-2h", "2h3", "0s", "1772366400", "2026-02-30", "2026-W54", "01/03/2026",
        "99999999999h", "2026",
    ])
    func `what is no time is none`(_ text: String) {
        #expect(Instant(spelled: text, now: Self.now) == nil)
    }

    @Test(arguments: [
        ("tetri", "tetris"), ("tertis", "tetris"), ("TETRIS", "tetris"), ("snak", "snake"), ("tet", "tetris"),
        ("chess", nil), ("", nil), ("te", nil), ("arena_bot/tetrs", "arena_bot/tetris"),
    ])
    func `a slip finds the name that was meant, and other words find none`(_ typed: String, _ name: String?) {
        #expect(typed.nearest(among: ["snake", "tetris", "arena_bot/tetris"]) == name)
    }

    @Test func `a rule goes by its code and by the name of its option and setting`() {
        for rule in PlausibilityRule.allCases {
            let option = rule.rawValue.split(separator: "_").joined(separator: "-")
            for name in [rule.code, rule.rawValue, option] {
                #expect(PlausibilityRule(spelled: name) == rule)
            }
        }
        #expect(PlausibilityRule(spelled: "luck") == nil)
    }
}
