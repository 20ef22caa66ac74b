import Crypto

/// A key of HMAC-SHA-256 with all worked out that depends on the key alone.
///
/// That is half of the work of a short message, and most of it happens in Swift.
struct CodeKey: Sendable {
    /// How many bytes a code has.
    static let codeLength = SHA256.byteCount

    private let start: HMAC<SHA256>

    /// Prepares a key.
    ///
    /// - Parameter key: The key.
    init(_ key: SymmetricKey) { start = HMAC(key: key) }

    /// Computes the code of a message; comparing two codes takes the same time wherever they differ.
    ///
    /// - Parameter message: The message.
    /// - Returns: The code.
    func code(of message: [UInt8]) -> HMAC<SHA256>.MAC { code(of: message[...]) }

    /// Computes the code of a part of a message.
    ///
    /// - Parameter message: The part.
    /// - Returns: The code.
    func code(of message: ArraySlice<UInt8>) -> HMAC<SHA256>.MAC {
        var state = start
        state.update(data: message)
        return state.finalize()
    }
}
