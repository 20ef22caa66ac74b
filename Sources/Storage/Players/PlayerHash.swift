import Crypto
import Leaderboards

/// What stands for an erased player where something must outlive them: no number that could be read.
struct PlayerHash: Hashable, Sendable {
    let bytes: [UInt8]

    /// Takes stored bytes.
    init(bytes: [UInt8]) { self.bytes = bytes }
}

/// By what a database hashes its erased players; SQL computes the same.
struct PlayerHashKey: Sendable {
    private let bytes: [UInt8]

    /// Takes stored bytes.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Hashes a player.
    ///
    /// Key and id are always as long and fit into one block, so that hashing them is all that it takes.
    ///
    /// - Returns: SHA-256 of the key and the eight bytes of the id, the most significant first.
    func hash(of player: PlayerID) -> PlayerHash {
        let id = withUnsafeBytes(of: player.rawValue.bigEndian) { Array($0) }
        return PlayerHash(bytes: Array(SHA256.hash(data: bytes + id)))
    }
}
