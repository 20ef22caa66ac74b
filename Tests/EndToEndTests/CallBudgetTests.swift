import Testing

/// The judge of the storm is right itself.
@Suite struct CallBudgetTests {
    private static func calls(_ chat: String, _ times: [Int64], isPrivate: Bool = false) -> [CallBudget.Call]
    {
        times.map { CallBudget.Call(chat: chat, isPrivate: isPrivate, time: $0 * 1000) }
    }

    private static let budget = CallBudget(chatPerSecond: 2, chatPerMinute: 4, botPerSecond: 3)

    @Test func `calls at the edge of the budget are fine`() {
        #expect(Self.budget.violations(of: Self.calls("a", [0, 1, 1000, 1001, 60_000])) == [])
        #expect(
            Self.budget.violations(of: Self.calls("a", [0, 0, 1000, 1000, 2000, 2000], isPrivate: true)) == []
        )
        let both = Self.calls("a", [0, 500]) + Self.calls("b", [600, 1000])
        #expect(Self.budget.violations(of: both) == [])
    }

    @Test(arguments: [
        ([0, 400, 999], "chat a: 3 calls within 999 ms, at 999 ms"),
        ([700, 1200, 1650], "chat a: 3 calls within 950 ms, at 1650 ms"),
        ([0, 10_000, 20_000, 30_000, 59_999], "chat a: 5 calls within 59999 ms, at 59999 ms"),
    ])
    func `a call too early in a chat is found in any interval`(times: [Int64], found: String) {
        #expect(Self.budget.violations(of: Self.calls("a", times.reversed())) == [found])
    }

    @Test func `the bot's budget is over all chats`() {
        let calls = ["a", "b", "c", "d"].enumerated().flatMap { Self.calls($1, [Int64($0) * 300]) }
        #expect(Self.budget.violations(of: calls) == ["bot: 4 calls within 900 ms, at 900 ms"])
        var unhurried = Self.budget
        unhurried.jitter = 100_000
        #expect(unhurried.violations(of: calls) == [])
    }
}
