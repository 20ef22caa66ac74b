import Testing

@testable import Web

/// Parameters of queries, read by their names.
@Suite struct QueryValueTests {
    @Test(
        arguments: [
            ("/", nil), ("/?", nil), ("/?a=1", "1"), ("/?a", ""), ("/?a=", ""), ("/?b=1&a=2&c=3", "2"),
            ("/?ab=1", nil),
            ("/?b=a=1", nil), ("/?&&a=1&", "1"), ("/?a=b=c", "b=c"), ("/?a=%20%C3%AB+%2B", " ë++"),
            ("/?a=%2", "%2"),
            ("/?a=%zz", "%zz"), ("/?a=%FF", "%FF"), ("/?a=%+1", "%+1"), ("/?A=1", nil), ("/?%61=1", nil),
        ] as [(String, String?)]
    )
    func `a value is what stands behind its name, decoded`(target: String, value: String?) throws {
        #expect(try QueryValues(Request(target).query).text("a") == value)
    }

    @Test(arguments: ["/?a=1&a=1", "/?a&a", "/?a=1&b=2&a=3"])
    func `a value that is given twice is refused`(target: String) {
        #expect(throws: Problem.self) { try QueryValues(Request(target).query).text("a") }
    }
}
