import Crypto
import Encodings
package import Leaderboards

/// The credential of a studio's server for one game.
///
/// A key is 256 random bits, so it cannot be guessed, and one fast hash is all that its storage needs: slow, salted
/// hashes make up for what people choose as passwords, which a key is not, and would cost every request of a server.
package struct APIKey: Sendable {
    /// What every key begins with, by which people and secret scanners know one.
    package static let prefix = "hsk_"
    private static let length = 32

    /// The key itself; shown once and never stored.
    package let text: String

    /// Draws a new key, in production from a cryptographic source.
    package init(using generator: inout some RandomNumberGenerator) {
        var bytes: [UInt8] = []
        for _ in 0..<Self.length / 8 {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        text = Self.prefix + Base64URL.encode(bytes)
    }

    /// How the key begins: enough to tell it from others, too little to be of use.
    package var hint: String { String(text.prefix(Self.prefix.count + 4)) }

    /// What is stored of the key.
    package var hash: APIKeyHash { APIKeyHash(of: text) }
}

extension APIKeyHash {
    /// Hashes what somebody presents, a key or anything else.
    package init(of text: String) { self.init(bytes: Array(SHA256.hash(data: Array(text.utf8)))) }
}

extension TokenKeys {
    /// The run that a studio's server calls by a name of its own: the same for the same pair, on every instance and after
    /// every change of secrets.
    package static func run(named name: String, in game: GameID) -> RunID {
        let digest = SHA256.hash(data: Array("server run \(game.rawValue) \(name)".utf8))
        guard let value = Identifier128(bytes: Array(digest).prefix(16)) else {
            preconditionFailure("a SHA-256 digest has 32 bytes")
        }
        return RunID(value)
    }
}
