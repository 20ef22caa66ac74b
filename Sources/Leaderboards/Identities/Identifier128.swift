/// 128 bits that name a launch or a run.
package struct Identifier128: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, big-endian.
    package let high: UInt64
    /// The last eight bytes, big-endian.
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Draws a new id.
    ///
    /// - Parameter generator: The source of randomness; a cryptographic one in production.
    package init(using generator: inout some RandomNumberGenerator) {
        self.init(high: generator.next(), low: generator.next())
    }

    /// Reads sixteen bytes.
    ///
    /// - Parameter bytes: Exactly sixteen bytes; any other number gives nil.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        func number(_ part: some Collection<UInt8>) -> UInt64 {
            part.reduce(0) { $0 << 8 | UInt64($1) }
        }
        self.init(high: number(bytes.prefix(8)), low: number(bytes.dropFirst(8)))
    }

    /// The sixteen bytes, most significant first.
    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(16)
        for half in [high, low] {
            for shift in stride(from: 56, through: 0, by: -8) {
                result.append(UInt8(truncatingIfNeeded: half >> UInt64(shift)))
            }
        }
        return result
    }

    /// The id in the usual grouped hexadecimal form of a UUID.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// One press of the game button.
package struct LaunchID: Hashable, Sendable, CustomStringConvertible {
    package let value: Identifier128
    package init(_ value: Identifier128) { self.value = value }
    package var description: String { value.description }
}

/// One play-through; the key under which its score is logged once.
package struct RunID: Hashable, Sendable, CustomStringConvertible {
    package let value: Identifier128
    package init(_ value: Identifier128) { self.value = value }
    package var description: String { value.description }
}

extension RunID {
    /// Reads the id as ``description`` spells it, in any case.
    ///
    /// - Parameter text: 32 hexadecimal digits, grouped by hyphens as those of a UUID; anything else gives nil.
    package init?(text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        let digits = groups.joined()
        guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16)
        else { return nil }
        self.init(Identifier128(high: high, low: low))
    }
}
