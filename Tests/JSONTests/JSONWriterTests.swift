import JSON
import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return writer.text
    }

    @Test func `commas stand between members and values only`() {
        let text = written {
            $0.object {
                $0.member("a", 1)
                $0.array("b") {
                    $0.value("x")
                    $0.object { _ in }
                    $0.array { $0.null() }
                    $0.value(true)
                }
                $0.object("c") {
                    $0.member("d", "e")
                    $0.nullMember("f")
                }
                $0.member("g", false)
            }
        }
        #expect(text == #"{"a":1,"b":["x",{},[null],true],"c":{"d":"e","f":null},"g":false}"#)
    }

    @Test func `values that may be missing are left out or null as asked`() {
        let text = written {
            $0.object {
                $0.member("a", ifPresent: nil as String?)
                $0.member("b", ifPresent: nil as Int64?)
                $0.member("c", ifPresent: nil as Bool?)
                $0.member("d", ifPresent: 4)
                $0.member("e", ifPresent: true)
                $0.member("f", ifPresent: "x")
                $0.member("g", orNull: nil as String?)
                $0.member("h", orNull: nil as Int?)
                $0.member("i", orNull: 5)
                $0.member("j", orNull: "y")
            }
        }
        #expect(text == #"{"d":4,"e":true,"f":"x","g":null,"h":null,"i":5,"j":"y"}"#)
    }

    @Test(arguments: [0, 1, -1, 9, 10, -10, 1_234_567_890, Int64.max, Int64.min])
    func `an integer is written in decimal`(integer: Int64) {
        #expect(written { $0.value(integer) } == "\(integer)")
        #expect(written { $0.value(quoting: integer) } == "\"\(integer)\"")
        #expect(written { $0.object { $0.member("id", quoting: integer) } } == #"{"id":"\#(integer)"}"#)
    }

    @Test(arguments: [
        (88.235, 1, "88.2"), (100.0, 1, "100.0"), (0.0, 1, "0.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"),
        (-1.25, 2, "-1.25"), (1.005, 0, "1"), (2.5, 0, "3"), (7.0, 3, "7.000"), (0.012, 3, "0.012"),
        (99.96, 1, "100.0"), (.nan, 1, "null"), (.infinity, 1, "null"), (1e300, 1, "null"),
    ])
    func `a number is written with fixed decimals`(number: Double, decimals: Int, expected: String) {
        #expect(written { $0.value(number, decimals: decimals) } == expected)
    }

    @Test(arguments: [
        ("", #""""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
        ("\0\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""),
        ("a\u{2028}b\u{2029}c\u{2027}\u{202A}\u{20A8}", "\"a\\u2028b\\u2029c\u{2027}\u{202A}\u{20A8}\""),
        ("Zoë 😀/</script>", "\"Zoë 😀/</script>\""), ("\u{2028}", #""\u2028""#),
    ])
    func `text is escaped where JSON or JavaScript needs it`(text: String, expected: String) {
        #expect(written { $0.value(text) } == expected)
        #expect(
            written {
                $0.object {
                    $0.key(escaping: text); $0.value(1)
                }
            } == "{\(expected):1}"
        )
    }

    @Test func `any text survives writing and parsing`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let pool: [ClosedRange<UInt32>] = [0...0x7F, 0x2020...0x2030, 0x80...0xD7FF, 0xE000...0x10FFFF]
            var text = ""
            for _ in 0..<Int.random(in: 0...40, using: &generator) {
                let range = pool.randomElement(using: &generator) ?? 0...0x7F
                text.unicodeScalars.append(Unicode.Scalar(.random(in: range, using: &generator)) ?? "?")
            }
            let value = try JSON.parse(Array(written { $0.array { $0.value(text) } }.utf8))
            let read = try #require(value.elements.map { $0.string }.first ?? nil)
            #expect(Array(read.utf8) == Array(text.utf8))
        }
    }

    @Test func `raw bytes and their neighbours are kept apart`() {
        let text = written {
            $0.object {
                $0.member("a", raw: Array("{ }".utf8))
                $0.member("b", 12.34, decimals: 1)
            }
        }
        #expect(text == #"{"a":{ },"b":12.3}"#)
    }
}
