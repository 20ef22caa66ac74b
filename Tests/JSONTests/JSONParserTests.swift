import JSON
import Testing

@Suite struct JSONParserTests {
    @Test(arguments: [
        "{}", "[]", "0", "-0", "10", "-12.50e+3", "1E-2", "\"\"", "true", "false", "null",
        " \t\r\n{ \"a\" : [ 1 , 2 ] }\n", "[[[]],{},[{}]]", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD800\"",
        "\"\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"", "{\"a\":1,\"a\":2}",
    ])
    func `a text of RFC 8259 is accepted and comes back as written`(text: String) throws {
        let value = try JSON.parse(Array(text.utf8))
        let isWhiteSpace = { (byte: UInt8) in " \t\r\n".utf8.contains(byte) }
        let trimmed = text.utf8.drop(while: isWhiteSpace).reversed().drop(while: isWhiteSpace).reversed()
        #expect(Array(value.raw) == Array(trimmed))
    }

    @Test(arguments: [
        ("", 0, "the text ends too early"),
        ("  ", 2, "the text ends too early"),
        ("{", 1, "the text ends too early"),
        ("[1", 2, "the text ends too early"),
        ("\"ab", 3, "the text ends too early"),
        ("\"\\u12", 5, "the text ends too early"),
        ("{\"a\"}", 4, "expected ':' after a member's name"),
        ("{\"a\":}", 5, "expected a value"),
        ("{\"a\":1,}", 7, "expected a member's name in quotes"),
        ("{a:1}", 1, "expected a member's name in quotes"),
        ("{,}", 1, "expected a member's name in quotes"),
        ("{\"a\":1 \"b\":2}", 7, "expected ',' or '}'"),
        ("[1,]", 3, "expected a value"),
        ("[,1]", 1, "expected a value"),
        ("[1 2]", 3, "expected ',' or ']'"),
        ("[1}", 2, "expected ',' or ']'"),
        ("{}{}", 2, "expected the end of the text"),
        ("1 2", 2, "expected the end of the text"),
        ("01", 0, "a number may not begin with a zero"),
        ("-", 1, "the text ends too early"),
        ("+1", 0, "expected a value"),
        (".5", 0, "expected a value"),
        ("1.", 2, "the text ends too early"),
        ("[1.e3]", 3, "expected a digit"),
        ("[1e]", 3, "expected a digit"),
        ("tru", 0, "expected a value"),
        ("True", 0, "expected a value"),
        ("NaN", 0, "expected a value"),
        ("nul1", 0, "expected a value"),
        ("'a'", 0, "expected a value"),
        ("\"\\x41\"", 2, "unknown escape in a string"),
        ("\"\\u00g0\"", 5, "expected four hexadecimal digits"),
        ("\"a\nb\"", 2, "a control character must be escaped in a string"),
        ("\"a\0b\"", 2, "a control character must be escaped in a string"),
        ("\u{FEFF}{}", 0, "expected a value"),
        ("/* */{}", 0, "expected a value"),
        ("]", 0, "expected a value"),
    ])
    func `anything else is refused at the first byte that cannot be right`(
        text: String,
        offset: Int,
        message: String
    ) {
        #expect(throws: JSONError(message: message, offset: offset)) {
            try JSON.parse(Array(text.utf8))
        }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80],
            [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
            [0xF0, 0x9F, 0x98, 0x28], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]]
    )
    func `a string that is not UTF-8 is refused`(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError(message: "the text is not UTF-8", offset: 1)) {
            try JSON.parse([quote] + bytes + [quote])
        }
        #expect(throws: JSONError(message: "the text is not UTF-8", offset: 1)) {
            try JSON.parse([quote] + bytes)
        }
    }

    @Test func `every scalar of UTF-8 is read as it was written`() throws {
        for block in stride(from: UInt32(0x20), to: 0x11_0000, by: 0x400) {
            var text = ""
            for code in block..<block + 0x400 {
                guard let scalar = Unicode.Scalar(code), scalar != "\"", scalar != "\\" else { continue }
                text.unicodeScalars.append(scalar)
            }
            let value = try JSON.parse(Array("\"\(text)\"".utf8))
            #expect(value.string.map { Array($0.utf8) } == Array(text.utf8))
        }
    }

    @Test func `containers may be nested up to the limit and no deeper`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            let pairs = depth / 2
            let opening = String(repeating: "{\"a\":[", count: pairs)
            return Array((opening + "1" + String(repeating: "]}", count: pairs)).utf8)
        }
        #expect(throws: Never.self) { try JSON.parse(nested(32)) }
        #expect(throws: JSONError(message: "nested deeper than 32 levels", offset: 96)) {
            try JSON.parse(nested(34))
        }
        #expect(throws: Never.self) { try JSON.parse(nested(34), maximumDepth: 34) }
    }

    @Test func `an endless row of brackets is refused without a stack`() {
        let brackets = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError(message: "the text ends too early", offset: 1_000_000)) {
            try JSON.parse(brackets, maximumDepth: .max)
        }
    }

    @Test func `every truncation of a text is refused`() throws {
        let text = Array(#"{"a":[1,-2.5e3,"x\n\u00e9é😀",true,false,null,{"b":{}}]}"#.utf8)
        #expect(throws: Never.self) { try JSON.parse(text) }
        for length in 0..<text.count {
            #expect(throws: JSONError.self) { try JSON.parse(text[..<length]) }
        }
    }

    @Test func `changing any byte to any other never crashes the reader`() {
        let text = Array(#"{"a":[1,"\u00e9é"],"b":-0.5e1}"#.utf8)
        var accepted = 0
        for position in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[position] = byte
                guard let value = try? JSON.parse(changed) else { continue }
                accepted += value["a"]?.elements.count ?? 0
            }
        }
        #expect(accepted > text.count)
    }

    @Test func `an object has so many members, since looking for one walks over all`() throws {
        func object(_ count: Int) -> [UInt8] {
            Array("{\((0..<count).map { "\"\($0)\":{\"a\":[{}]}" }.joined(separator: ","))}".utf8)
        }
        #expect(try JSON.parse(object(1024)).entries.count { _ in true } == 1024)
        #expect(throws: JSONError.self) { try JSON.parse(object(1025)) }
        #expect(throws: JSONError.self) { try JSON.parse(Array("[0,".utf8) + object(1025) + Array("]".utf8)) }
        let list = Array("[\(Array(repeating: "{\"a\":0}", count: 5000).joined(separator: ","))]".utf8)
        #expect(try JSON.parse(list).elements.count { _ in true } == 5000)
    }
}
