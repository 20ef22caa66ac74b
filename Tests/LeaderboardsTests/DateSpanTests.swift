import Testing

@testable import Leaderboards

/// Dates are put into weeks and months by the calendar alone, also before 1970.
struct DateSpanTests {
    @Test(
        arguments: [
            (.day, -1, -1..<0, "1969-12-31"), (.day, 0, 0..<1, "1970-01-01"),
            (.day, 11_016, 11_016..<11_017, "2000-02-29"),
            (.week, -10, -10 ..< -3, "1969-W52"), (.week, -4, -10 ..< -3, "1969-W52"),
            (.week, -3, -3..<4, "1970-W01"),
            (.week, 3, -3..<4, "1970-W01"), (.week, 4, 4..<11, "1970-W02"),
            (.month, -1, -31..<0, "1969-12"), (.month, 30, 0..<31, "1970-01"),
            (.month, 31, 31..<59, "1970-02"),
            (.month, 11_016, 10_988..<11_017, "2000-02"), (.month, 47_541, 47_541..<47_572, "2100-03"),
        ] as [(WindowKind, Int64, Range<Int64>, String)]
    )
    func `a date belongs to this span, which its name leads to`(
        window: WindowKind,
        day: Int64,
        days: Range<Int64>,
        label: String
    ) throws {
        let span = try #require(DateSpan(window, containing: day))
        #expect(span.days == days)
        #expect(span.label == label)
        let named = try #require(DateSpan(window, labelled: label))
        #expect(named.days == days)
        #expect(named.window == window)
    }
}
