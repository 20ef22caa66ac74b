import Leaderboards

/// Writes the fields of a token one after another, as short as they are.
struct TokenWriter {
    private(set) var bytes: [UInt8] = []

    init() {
        // No token of a press is longer, except with a very long inline message id.
        bytes.reserveCapacity(128)
    }

    /// Appends bytes as they are.
    mutating func append(_ part: some Collection<UInt8>) { bytes.append(contentsOf: part) }

    /// Appends a number in groups of seven bits, the lowest first.
    mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a signed number; small ones of either sign stay short.
    mutating func append(_ number: Int64) {
        append(UInt64(bitPattern: number << 1 ^ number >> 63))
    }

    /// Appends eight bytes, the most significant first.
    mutating func append(bytesOf number: UInt64) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends sixteen bytes, the most significant first.
    mutating func append(_ id: Identifier128) {
        append(bytesOf: id.high)
        append(bytesOf: id.low)
    }

    /// Appends a text with its length before it.
    mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        append(text.utf8)
    }
}

/// Reads what a ``TokenWriter`` wrote; every method gives nil when the bytes do not fit.
struct TokenReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.endIndex }

    mutating func bytes(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, bytes.endIndex - position >= count else { return nil }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func unsigned() -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.endIndex else { return nil }
            let byte = bytes[position]
            position += 1
            if shift == 63, byte > 1 { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }

    mutating func signed() -> Int64? {
        guard let number = unsigned() else { return nil }
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func text() -> String? {
        guard let count = unsigned(), let length = Int(exactly: count), let part = bytes(length) else {
            return nil
        }
        return String(validating: part, as: UTF8.self)
    }

    mutating func identifier() -> Identifier128? {
        guard let high = eightBytes(), let low = eightBytes() else { return nil }
        return Identifier128(high: high, low: low)
    }

    mutating func eightBytes() -> UInt64? {
        bytes(8)?.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
