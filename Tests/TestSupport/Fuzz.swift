/// Numbers and texts at the edges of what programs expect and beyond, the same in every run.
package struct Fuzz {
    private var generator: SeededGenerator

    /// Numbers next to which arithmetic goes wrong.
    private static let edges: [Int64] = [
        0, 60, 100, 1000, 86_400, 1 << 31, 1 << 32, 1 << 40, 1 << 52, 1 << 53, 1 << 62, .max, .min, -1 << 31,
        -1 << 53, 1_772_366_400, 1_772_366_400_000, 253_402_300_800, 253_402_300_800_000, -62_167_219_200_000,
        .max / 1000, .min / 1000, .max / 86_400_000,
    ]
    private static let oddities = [
        "", "-", "+", "-0", "00", "1.0", "1e3", "1e308", "1e-19", "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999999999", "0.0000000000000000001", "0x10", "nan", "inf", "null", "true",
        "٣",
        "{}", "[]", "\"", "\\u0000",
    ]

    /// Begins with a seed.
    package init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// A number from a range.
    package mutating func pick(_ range: Range<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// One of some values.
    package mutating func pick<Value>(_ values: [Value]) -> Value { values[pick(0..<values.count)] }

    /// Any number, most often one near an edge.
    package mutating func number() -> Int64 {
        switch pick(0..<8) {
        case 0: Int64(bitPattern: generator.next())
        case 1: Int64(bitPattern: generator.next() >> UInt64(pick(0..<64)))
        default: pick(Self.edges) &+ Int64(pick(-2..<3))
        }
    }

    /// The spelling of a number, or of something that takes its place.
    package mutating func numeral() -> String {
        pick(0..<6) == 0 ? pick(Self.oddities) : String(number())
    }

    /// A text with `#` wherever a number may stand, and perhaps a few bytes of it broken.
    ///
    /// - Parameter template: The text.
    /// - Returns: Its bytes, not always valid UTF-8.
    package mutating func bytes(_ template: String) -> [UInt8] {
        var text: [UInt8] = []
        for byte in template.utf8 {
            if byte == UInt8(ascii: "#") { text += numeral().utf8 } else { text.append(byte) }
        }
        guard pick(0..<4) == 0 else { return text }
        for _ in 0..<pick(1..<4) where !text.isEmpty {
            let place = pick(0..<text.count)
            switch pick(0..<4) {
            case 0: text[place] = UInt8(truncatingIfNeeded: generator.next())
            case 1: text.remove(at: place)
            case 2: text.removeSubrange(place...)
            default: text.insert(contentsOf: text[place..<min(place + 8, text.count)], at: place)
            }
        }
        return text
    }

    /// The same as text.
    ///
    /// - Parameter template: The text with `#` wherever a number may stand.
    /// - Returns: The text; what is not UTF-8 is replaced.
    package mutating func text(_ template: String) -> String {
        String(decoding: bytes(template), as: UTF8.self)
    }
}
