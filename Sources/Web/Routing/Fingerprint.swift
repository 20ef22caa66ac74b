/// Names content by its bytes, in up to 16 hexadecimal digits.
///
/// FNV-1a over 64 bits: it only has to differ when the content does, and nobody gains from two that are equal.
func fingerprint(of bytes: [UInt8]) -> String {
    let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}
