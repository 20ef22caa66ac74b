/// Names content by its bytes, in up to 16 hexadecimal digits.
///
/// As FNV-1a over 64 bits, but of eight bytes a step, whose upper ones are folded down: it only has to differ when the
/// content does, and nobody gains from two that are equal.
func fingerprint(of bytes: [UInt8]) -> String {
    let whole = bytes.count & ~7
    var hash = UInt64(0xcbf2_9ce4_8422_2325) ^ UInt64(bytes.count)
    func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0x100_0000_01b3
        hash ^= hash >> 29
    }
    bytes.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: whole, by: 8) {
            mix(bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
        for byte in bytes[whole...] { mix(UInt64(byte)) }
    }
    return String(hash, radix: 16)
}
