import Encodings
import TestSupport
import Testing

/// Every byte sequence has one spelling, and every other spelling is refused.
struct Base64URLTests {
    @Test(
        arguments: [
            ([], ""), ([0], "AA"), ([0xFF], "_w"), ([0xFF, 0xEF], "_-8"), ([0x66, 0x6F, 0x6F], "Zm9v"),
            ([0x66, 0x6F, 0x6F, 0x62], "Zm9vYg"),
        ] as [([UInt8], String)]
    )
    func `bytes are spelled as RFC 4648 says, without padding`(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test func `bytes of every length come back`() {
        var generator = SeededGenerator(seed: 1)
        for length in 0..<70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
        }
    }

    @Test(arguments: [
        "A", "AAAAA", "AB", "AAB", "_x", "AA==", "AA=", "A A", "AA\n", "+w", "/w", "A.", "Zm9v\0", "Ää",
    ])
    func `other spellings and other characters are refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `of all two-character texts exactly 256 can be read`() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        let texts = alphabet.flatMap { first in alphabet.map { "\(first)\($0)" } }
        #expect(texts.filter { Base64URL.decode($0) != nil }.count == 256)
    }
}
