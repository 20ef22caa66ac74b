/// Names content by its bytes.
enum Fingerprint {
    /// FNV-1a over 64 bits: it only has to differ when the content does, and nobody gains from two that are equal.
    ///
    /// - Returns: Up to 16 hexadecimal digits.
    static func of(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
