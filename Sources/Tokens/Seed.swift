import Crypto

/// What all runs of a board draw from in one window: the same for everybody, and known to nobody before it begins.
package enum Seed {
    /// 16 hexadecimal digits.
    ///
    /// - Parameters:
    ///   - key: The board's own, which never leaves the database but to the service.
    ///   - label: The window's local name.
    package static func digits(in label: String, key: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("seed \(label)".utf8),
            using: SymmetricKey(data: key)
        )
        return code.prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
