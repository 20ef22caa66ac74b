/// What a request is called: in the header `X-Request-Id` of its answer and in each line of the log that it causes.
package enum RequestName: Hashable, Sendable {
    /// The most characters that a caller's own name may have.
    package static let longest = 64

    /// What its caller calls it.
    case given(String)
    /// 128 bits.
    case drawn(UInt64, UInt64)

    /// The request for which the task works, if any.
    @TaskLocal package static var current: RequestName?

    /// Takes a caller's own name for a request; one that is not 1 to 64 visible characters of ASCII gives nil.
    package init?(given name: some StringProtocol) {
        let count = name.utf8.count
        guard 1...Self.longest ~= count, name.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        self = .given(String(name))
    }
}

extension RequestName: CustomStringConvertible {
    package var description: String {
        switch self {
        case .given(let name): name
        case .drawn(let first, let second):
            String(
                decoding: [first.hexDigits, second.hexDigits].flatMap { [$0.first, $0.last] }
                    .flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } },
                as: UTF8.self
            )
        }
    }
}

extension UInt64 {
    /// The 16 hexadecimal digits of a number in ASCII, eight in each word, the first one in the highest byte.
    package var hexDigits: (first: UInt64, last: UInt64) {
        ((self >> 32).spreadDigits, (self & 0xFFFF_FFFF).spreadDigits)
    }

    /// Eight digits out of 32 bits, all at once.
    private var spreadDigits: UInt64 {
        var bits = self
        bits = (bits & 0xFFFF_0000) << 16 | bits & 0xFFFF
        bits = (bits & 0x0000_FF00_0000_FF00) << 8 | bits & 0x0000_00FF_0000_00FF
        bits = (bits & 0x00F0_00F0_00F0_00F0) << 4 | bits & 0x000F_000F_000F_000F
        // Letters stand 39 beyond what follows the digits.
        let letters = (bits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return bits + 0x3030_3030_3030_3030 + letters * 39
    }
}
