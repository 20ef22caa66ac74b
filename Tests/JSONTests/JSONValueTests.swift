import JSON
import Testing

@Suite struct JSONValueTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSON.parse(Array(text.utf8))
    }

    @Test func `each kind is recognised`() throws {
        let value = try parse(#"[{},[],"",0,true,null]"#)
        #expect(value.elements.map(\.kind) == [.object, .array, .string, .number, .bool, .null])
        #expect(value.elements.map(\.isNull) == [false, false, false, false, false, true])
        #expect(value.elements.map(\.bool) == [nil, nil, nil, nil, true, nil])
        #expect(try parse("false").bool == false)
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), ("-1", -1), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("100000000000000000000", nil),
            ("-0", nil), ("1.0", nil), ("1e3", nil), ("1E0", nil), ("0.0", nil), ("true", nil), ("null", nil),
            ("[1]", nil), ("{}", nil),
        ] as [(String, Int64?)]
    )
    func `only a plain integer that fits is an integer`(text: String, expected: Int64?) throws {
        #expect(try parse(text).int64 == expected)
        #expect(try parse(text).lenientInt64 == expected)
    }

    @Test(
        arguments: [
            ("\"12\"", 12), ("\"-9223372036854775808\"", .min), ("\"\"", nil), ("\"-\"", nil),
            ("\" 1\"", nil),
            ("\"+1\"", nil), ("\"01\"", nil), ("\"1a\"", nil), ("\"9223372036854775808\"", nil),
        ] as [(String, Int64?)]
    )
    func `an id may also be a string`(text: String, expected: Int64?) throws {
        #expect(try parse(text).lenientInt64 == expected)
        #expect(try parse(text).int64 == nil)
    }

    @Test func `a number keeps its text`() throws {
        #expect(try parse("-1.50E+003").numberText == "-1.50E+003")
        #expect(try parse("\"1\"").numberText == nil)
        #expect(try parse("12").lenientString == "12")
        #expect(try parse("\"x\"").lenientString == "x")
        #expect(try parse("true").lenientString == nil)
    }

    @Test(arguments: [
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u20AC""#, "Aé€"),
        (#""\ud83d\uDE00""#, "😀"),
        (#""a\u0000b""#, "a\0b"),
        (#""\ud83d""#, "\u{FFFD}"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
        (#""\ud83dx\u0041""#, "\u{FFFD}xA"),
        (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
        (#""\uFFFF\uABCD\uabcd""#, "\u{FFFF}\u{ABCD}\u{ABCD}"),
    ])
    func `escapes are resolved`(text: String, expected: String) throws {
        let string = try #require(try parse(text).string)
        #expect(Array(string.unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test func `members are found by name wherever they stand`() throws {
        let value = try parse(#"{"a":{"b":[1,{"c":2}],"d":3},"b":4,"é":5,"":6}"#)
        #expect(value["a"]?["d"]?.int64 == 3)
        #expect(value["b"]?.int64 == 4)
        #expect(value["é"]?.int64 == 5)
        #expect(value[""]?.int64 == 6)
        #expect(value["c"] == nil)
        #expect(value["a"]?["b"]?.elements.compactMap { $0["c"]?.int64 } == [2])
    }

    @Test func `the last of repeated members counts and repetition can be seen`() throws {
        let value = try parse(#"{"score":1,"x":{"score":9},"sc\u006fre":2,"scor":3}"#)
        #expect(value["score"]?.int64 == 2)
        #expect(value.members(named: "score") == 2)
        #expect(value.members(named: "scor") == 1)
        #expect(value.members(named: "missing") == 0)
        #expect(value.entries.map(\.key) == ["score", "x", "score", "scor"])
    }

    @Test func `a value of another kind has no members, elements or text`() throws {
        for text in ["[1]", "\"a\"", "1", "true", "null"] {
            let value = try parse(text)
            #expect(value["a"] == nil)
            #expect(value.members(named: "a") == 0)
            #expect(value.entries.count == 0)
        }
        for text in ["{\"a\":1}", "\"a\"", "1", "true", "null"] {
            #expect(try parse(text).elements.count == 0)
        }
        #expect(try parse("{}").string == nil)
    }

    @Test func `containers are walked in order`() throws {
        let value = try parse(#"{"a":[1,[2,3],{"x":4},5],"b":{}}"#)
        #expect(
            value.entries.map { "\($0.key)=\(String(decoding: $0.value.raw, as: UTF8.self))" } == [
                #"a=[1,[2,3],{"x":4},5]"#, "b={}",
            ]
        )
        let list = try #require(value["a"])
        #expect(
            list.elements.map { String(decoding: $0.raw, as: UTF8.self) } == [
                "1", "[2,3]", #"{"x":4}"#, "5",
            ]
        )
        #expect(list.elements.count == 4)
    }

    @Test func `the bytes of a nested value come back as sent`() throws {
        let value = try parse("{\"metadata\" : { \"b\" : 1.0 ,\n\"a\":\"\\u0041\" } }")
        let metadata = try #require(value["metadata"])
        #expect(String(decoding: metadata.raw, as: UTF8.self) == "{ \"b\" : 1.0 ,\n\"a\":\"\\u0041\" }")
    }

    @Test(arguments: [
        ("a", true), (#"\ud83c\udfae"#, true), (#"\uFFFD"#, true), (#"\\ud83c"#, true), (#"\ud83c"#, false),
        (#"\ud83cx"#, false), (#"\udfae\ud83c"#, false), (#"\n\ud83c\u0041"#, false),
    ])
    func `half of a surrogate pair is no text`(_ escaped: String, _ isText: Bool) throws {
        #expect(try JSON.parse(Array("\"\(escaped)\"".utf8)).isText == isText)
    }
}
