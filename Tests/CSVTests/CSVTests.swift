import CSV
import Testing

/// Comma-separated values are read as RFC 4180 has them, and what is wrong stays in its record.
@Suite struct CSVTests {
    private static func read(_ text: String, cutAt size: Int = .max) -> [String] {
        var reader = CSVReader()
        var records: [String] = []
        func note(_ record: borrowing CSVRecord) {
            records.append("\(record.line):" + (record.problem ?? record.fields.joined(separator: "|")))
        }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.read(rest.prefix(size), note)
            rest = rest.dropFirst(size)
        }
        reader.finish(note)
        return records
    }

    static let texts: [(text: String, records: [String])] = [
        ("", []), ("\n\r\n\n", []), ("a,b\nc,d", ["1:a|b", "2:c|d"]), ("a,b\r\nc,d\r\n", ["1:a|b", "2:c|d"]),
        ("a,,\n,\n", ["1:a||", "2:|"]), ("\"\"\nx", ["1:", "2:x"]),
        ("\"a,\"\"b\"\"\r\nc\",d\ne", ["1:a,\"b\"\r\nc|d", "3:e"]),
        ("\u{FEFF}a,b\n1,2\n", ["1:a|b", "2:1|2"]), ("\u{FEFF}\"a\"\n", ["1:a"]), ("ï", ["1:ï"]),
        ("a\"b,c\nd", ["1:a quote stands within a field that does not begin with one", "2:d"]),
        ("\"a\"b\nd\n", ["1:something follows a closing quote", "2:d"]),
        ("a\n\"b\nc", ["1:a", "2:a quoted field is not closed"]),
        ("Zoë 🎮,\"a\rb\",c\rd\n", ["1:Zoë 🎮|a\rb|c\rd"]),
    ]

    @Test(arguments: texts) func `records are read however the text is cut`(
        _ text: String,
        _ records: [String]
    ) {
        #expect(Self.read(text) == records)
        for size in 1...4 { #expect(Self.read(text, cutAt: size) == records) }
    }

    @Test func `an unclosed quote does not swallow the rest of a long file`() {
        let text = "a,\"b\n" + String(repeating: "x\n", count: 600_000) + "c,d\n"
        let records = Self.read(text)
        #expect(records.first == "1:the record is longer than 1 MiB")
        #expect(records.last == "600002:c|d")
    }

    @Test(arguments: [["a", "b"], [""], ["", ""], ["a\"b", "c,d", "e\nf", " g ", "\r"], ["Zoë 🎮"]])
    func `what is written is read back`(_ fields: [String]) {
        #expect(Self.read(CSVText.line(fields)) == ["1:" + fields.joined(separator: "|")])
    }
}
