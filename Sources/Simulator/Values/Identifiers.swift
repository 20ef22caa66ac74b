import Encodings

/// The source of every identifier and every random choice of a simulator: one seed, one history.
struct Identifiers: Codable, Sendable, RandomNumberGenerator {
    private let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// The identifier of a callback or inline query: a positive 64-bit number as text.
    mutating func query() -> String { String(next() >> 1 | 1) }

    /// The number of a bot's first update, in the range that Telegram starts from.
    mutating func firstUpdate() -> Int64 { Int64.random(in: 2_000_001...1_000_000_000, using: &self) }

    /// An inline message identifier: unpadded base64url of 20 or of 24 bytes, as two generations of clients send them.
    mutating func inlineMessage(owner: Int64) -> String {
        var bytes: [UInt8] = [2, 0, 0, 0]
        if Bool.random(using: &self) {
            Self.append(UInt64(bitPattern: owner), count: 8, to: &bytes)
            Self.append(next(), count: 4, to: &bytes)
        } else {
            Self.append(next(), count: 8, to: &bytes)
        }
        Self.append(next(), count: 8, to: &bytes)
        return Base64URL.encode(bytes)
    }

    /// Whether the text could be an inline message identifier: 20 or 24 bytes in unpadded base64url.
    static func isInlineMessage(_ text: String) -> Bool {
        [20, 24].contains(Base64URL.decode(text)?.count)
    }

    /// The value that one bot sees as `chat_instance` for one chat: stable, signed, never 0.
    func chatInstance(bot: Int64, chat: ChatKey) -> Int64 {
        var hash = Self.mixed(seed ^ UInt64(bitPattern: bot))
        for byte in chat.text.utf8 { hash = Self.mixed(hash &+ UInt64(byte) &+ 1) }
        return hash == 0 ? 1 : Int64(bitPattern: hash)
    }

    private static func append(_ value: UInt64, count: Int, to bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))) }
    }

    /// The finalizer of SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = value
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
