import Crypto

/// A key of HMAC-SHA-256 with all worked out that depends on the key alone.
///
/// That is half of the work of a short message, and most of it happens in Swift.
struct CodeKey: Sendable {
    private let start: HMAC<SHA256>

    /// Derives a key; each purpose has one of its own.
    init(deriving name: String, from secret: SymmetricKey) {
        start = HMAC(key: Self.derivedKey(name, from: secret))
    }

    /// The bytes of a key, derived by HKDF-SHA-256.
    static func derivedKey(_ name: String, from secret: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret,
            info: Array(name.utf8),
            outputByteCount: SHA256.byteCount
        )
    }

    /// Computes the code of a message; comparing two codes takes the same time wherever they differ.
    func code(of message: [UInt8]) -> HMAC<SHA256>.MAC {
        var state = start
        state.update(data: message)
        return state.finalize()
    }
}
