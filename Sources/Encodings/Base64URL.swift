/// Base64 for URLs without padding (RFC 4648, section 5), in its one canonical spelling.
package enum Base64URL {
    private static let alphabet: StaticString =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for value in 0..<64 { values[Int(alphabet.utf8Start[value])] = UInt8(value) }
        return values
    }()

    /// Encodes bytes; returns their text, four characters for three bytes.
    package static func encode(_ bytes: [UInt8]) -> String {
        let length = (bytes.count * 4 + 2) / 3
        return String(unsafeUninitializedCapacity: length) { text in
            var held: UInt32 = 0
            var bits: UInt32 = 0
            var position = 0
            func append(_ value: UInt32) {
                text[position] = alphabet.utf8Start[Int(value & 63)]
                position += 1
            }
            for byte in bytes {
                held = held << 8 | UInt32(byte)
                bits += 8
                while bits >= 6 {
                    bits -= 6
                    append(held >> bits)
                }
            }
            if bits > 0 { append(held << (6 - bits)) }
            return position
        }
    }

    /// Decodes what ``encode(_:)`` gives; nil for other characters, padding, and texts whose unused last bits are not
    /// zero (a second spelling of the same bytes).
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        text.utf8.withContiguousStorageIfAvailable { decode($0) } ?? decode(Array(text.utf8))
    }

    private static func decode(_ text: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        var isCanonical = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { bytes, count in
            isCanonical = values.withUnsafeBufferPointer { values in
                var held: UInt32 = 0
                var bits: UInt32 = 0
                for character in text {
                    let value = values[Int(character)]
                    guard value < 64 else { return false }
                    held = held << 6 | UInt32(value)
                    bits += 6
                    if bits >= 8 {
                        bits -= 8
                        bytes[count] = UInt8(truncatingIfNeeded: held >> bits)
                        count += 1
                    }
                }
                return bits < 6 && held & ((1 << bits) - 1) == 0
            }
        }
        return isCanonical ? bytes : nil
    }
}
