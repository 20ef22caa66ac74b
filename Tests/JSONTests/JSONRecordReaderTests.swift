import JSON
import Testing

/// Texts of many values are cut into records, however they are laid out and cut, in constant memory.
@Suite struct JSONRecordReaderTests {
    private static func read(_ text: String, hasLines: Bool = false, cutAt size: Int = .max) -> [String] {
        var reader = JSONRecordReader(hasLines: hasLines)
        var found: [String] = []
        func note(_ record: JSONRecordReader.Record) {
            found.append(
                "\(record.line)"
                    + (record.problem.map { "! \($0)" } ?? " \(String(decoding: record.bytes, as: UTF8.self))")
            )
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.read(rest.prefix(size), note)
            rest = rest.dropFirst(size)
        }
        reader.finish(note)
        return found
    }

    static let texts: [(text: String, hasLines: Bool, records: [String])] = [
        ("", false, []), (" \n", true, []), ("[]", false, []), ("[ [ ], [] ]\n", false, []),
        ("{\"a\":1}\n\r\n{\"b\":\"}\"}\r{}", true, ["1 {\"a\":1}", "3 {\"b\":\"}\"}", "4 {}"]),
        ("{\"a\":\nno\n{}\n", true, ["1 {\"a\":", "2 no", "3 {}"]),
        ("[{\"a\":[1,{}]},\n {\"b\":\"\\\"]}\"}]", false, ["1 {\"a\":[1,{}]}", "2 {\"b\":\"\\\"]}\"}"]),
        ("{\n \"a\": 1\n}\n{\n}\n", false, ["1 {\n \"a\": 1\n}", "4 {\n}"]),
        ("[[{}],{}][{}]", false, ["1 {}", "1 {}", "1 {}"]),
        ("[1, \"a b\",null,{}] x", false, ["1 1", "1 \"a b\"", "1 null", "1 {}", "1 x"]),
        ("[{},\n{", false, ["1 {}", "2 {"]), ("[{},\n", false, ["1 {}", "2! the text ends too early"]),
        ("]}", false, ["1 ]", "1 }"]),
    ]

    @Test(arguments: texts) func `records are found`(_ text: String, _ hasLines: Bool, _ records: [String]) {
        for size in [Int.max, 3, 1] { #expect(Self.read(text, hasLines: hasLines, cutAt: size) == records) }
    }

    @Test(arguments: [true, false]) func `an object too long for a record is the cover of others`(
        _ hasLines: Bool
    ) {
        let element = "{\"name\":\"\(String(repeating: "x", count: 999))\",\"in\":[{}]}"
        let list = Array(repeating: element, count: 3_000).joined(separator: ",")
        let text = "{\"code\":200,\"data\":{\"k[\":\"[{\",\"list\":[\(list)],\"n\":[1]}}\n{\"a\":1}\n"
        let found = Self.read(text, hasLines: hasLines, cutAt: 100_000)
        #expect(found.count == 3_002)
        #expect(found.prefix(3_000).allSatisfy { $0 == "1 \(element)" })
        #expect(found.suffix(2) == ["1 1", "2 {\"a\":1}"])
    }

    @Test func `what never ends is cut off, and what is too deep`() {
        let long = String(repeating: "x", count: 3 << 20)
        #expect(Self.read("[\"\(long)\",{}]").first == "1! the record is longer than 1 MiB")
        #expect(Self.read("{\"a\":\"\(long)").last == "1! the text ends too early")
        #expect(Self.read(long + "\n{}\n", hasLines: true).last == "2 {}")
        let deep = String(repeating: "[", count: 3 << 20)
        #expect(!Self.read(deep).isEmpty)
        #expect(!Self.read(String(repeating: "{\"a\":", count: 1 << 20)).isEmpty)
    }
}
