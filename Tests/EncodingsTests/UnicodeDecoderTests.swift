import Encodings
import Testing

/// Unicode text becomes UTF-8, however it is cut, and what is no character is no UTF-8 either.
@Suite struct UnicodeDecoderTests {
    private static func decode(_ bytes: [UInt8], cutAt size: Int) -> [UInt8] {
        var (decoder, text, rest) = (UnicodeDecoder(), [UInt8](), bytes[...])
        while !rest.isEmpty {
            text += decoder.decode(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return text + decoder.finish()
    }

    private static func utf16(_ text: String, isBig: Bool) -> [UInt8] {
        text.utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isBig ? [high, low] : [low, high]
        }
    }

    @Test(arguments: ["", "a", "ab", "player\r\nZoë 漢字 🎮", "🎮", "é"], [1, 2, 3, 5, 1000])
    func `every form is read`(_ text: String, _ size: Int) {
        let plain = Array(text.utf8)
        #expect(Self.decode(plain, cutAt: size) == plain)
        #expect(Self.decode([0xEF, 0xBB, 0xBF] + plain, cutAt: size) == plain)
        #expect(Self.decode([0xFF, 0xFE] + Self.utf16(text, isBig: false), cutAt: size) == plain)
        #expect(Self.decode([0xFE, 0xFF] + Self.utf16(text, isBig: true), cutAt: size) == plain)
        guard text.utf8.count > 1, text.first?.isASCII == true else { return }
        #expect(Self.decode(Self.utf16(text, isBig: false), cutAt: size) == plain)
        #expect(Self.decode(Self.utf16(text, isBig: true), cutAt: size) == plain)
    }

    @Test func `halves of characters are no UTF-8`() {
        let mark: [UInt8] = [0xFF, 0xFE]
        for broken: [UInt8] in [[0x3C, 0xD8], [0x3C, 0xD8, 0x61, 0], [0xAE, 0xDF], [0x61, 0, 0x61]] {
            for size in [1, 2, 10] {
                #expect(String(validating: Self.decode(mark + broken, cutAt: size), as: UTF8.self) == nil)
            }
        }
    }
}
