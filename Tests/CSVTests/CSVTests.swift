import CSV
import Testing

/// Comma-separated values are read as RFC 4180 has them, and as others write them; what is wrong stays in its record.
@Suite struct CSVTests {
    private static func read(_ text: String, delimiter: UInt8 = UInt8(ascii: ","), cutAt size: Int = .max)
        -> [String]
    {
        var reader = CSVReader(delimiter: delimiter)
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
        ("ï", ["1:ï"]), ("a\rb\r\rc", ["1:a", "2:b", "4:c"]), ("a\r\nb\rc\nd", ["1:a", "2:b", "3:c", "4:d"]),
        ("\"a\"\r\"b\nc\rd\r\ne\"\rf", ["1:a", "2:b\nc\rd\r\ne", "6:f"]),
        (" a , b\t,\t\" c \" , \n  \n,\n", ["1:a|b| c |", "3:|"]),
        ("Bob \"the\" B, =\"05\"\n", ["1:Bob \"the\" B|=\"05\""]),
        ("\"a \\\"b\\\"\",c\n\"\\\\\",\"\\\"\"\n", ["1:a \"b\"|c", "2:\\|\""]),
        ("\"C:\\\",d\n", ["1:C:\\|d"]),
        ("\"a\"b\nd\n", ["1:something follows a closing quote", "2:d"]),
        ("\"a\" b\rd\n", ["1:something follows a closing quote", "2:d"]),
        ("a\n\"b\nc", ["1:a", "2:a quoted field is not closed"]),
        ("Zoë 🎮,\"a\rb\"\n", ["1:Zoë 🎮|a\rb"]),
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

    @Test func `any character may stand between fields`() {
        #expect(Self.read("a;b,c;\"d;e\"\n", delimiter: UInt8(ascii: ";")) == ["1:a|b,c|d;e"])
        #expect(Self.read("a\t\t b \n", delimiter: UInt8(ascii: "\t")) == ["1:a||b"])
    }

    @Test func `records tell what is not UTF-8, and which fields were quoted`() {
        var reader = CSVReader()
        var found: [String] = []
        reader.read(Array("Zoë,\"b\"\nZo".utf8) + [0xEB, 0x2C, 0x0A]) { record in
            found.append("\(record.isUTF8) \(record.isQuoted(0)) \(record.isQuoted(1))")
        }
        #expect(found == ["true false true", "false false false"])
    }

    @Test(arguments: [
        ["a", "b"], [""], ["", ""], ["a\"b", "c,d", "e\nf", " g ", "\r", "\th"], ["Zoë 🎮"], ["NULL", "\\N"],
    ])
    func `what is written is read back`(_ fields: [String]) {
        #expect(Self.read(CSVText.line(fields)) == ["1:" + fields.joined(separator: "|")])
    }
}
