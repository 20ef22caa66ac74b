import Crypto

/// The two keys of the deterministic encryption that turns a player's id into a pseudonym.
struct PseudonymKeys: Sendable {
    let tag: SymmetricKey
    let mask: SymmetricKey
}

extension TokenKeys {
    private static let halfLength = 8

    /// The name under which a player appears on a game's global leaderboard.
    ///
    /// The id is encrypted with a synthetic initialization vector (the construction of RFC 5297 on HMAC-SHA-256): the
    /// same player always gets the same name in a game, names of different games cannot be brought together, and only
    /// the service can turn one back.
    ///
    /// - Parameters:
    ///   - player: The player.
    ///   - game: The game.
    /// - Returns: 22 characters.
    package func pseudonym(of player: PlayerID, in game: GameID) -> String {
        let keys = pseudonymKeys[0]
        let tag = Self.tag(of: player, in: game, keys: keys)
        return Base64URL.encode(tag + Self.masked(Self.bytes(of: player), tag: tag, keys: keys))
    }

    /// The player behind a pseudonym.
    ///
    /// - Parameters:
    ///   - pseudonym: What ``pseudonym(of:in:)`` gave under any accepted secret.
    ///   - game: The game.
    /// - Returns: The player; nil when it is no pseudonym of this game.
    package func player(ofPseudonym pseudonym: String, in game: GameID) -> PlayerID? {
        guard let bytes = Base64URL.decode(pseudonym), bytes.count == 2 * Self.halfLength else { return nil }
        let tag = Array(bytes.prefix(Self.halfLength))
        for keys in pseudonymKeys {
            let plain = Self.masked(Array(bytes.suffix(Self.halfLength)), tag: tag, keys: keys)
            let player = PlayerID(rawValue: Int64(bitPattern: plain.reduce(0) { $0 << 8 | UInt64($1) }))
            if Self.tag(of: player, in: game, keys: keys) == tag { return player }
        }
        return nil
    }

    private static func tag(of player: PlayerID, in game: GameID, keys: PseudonymKeys) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(game) \(player)".utf8), using: keys.tag)
        return Array(Array(code).prefix(halfLength))
    }

    private static func masked(_ bytes: [UInt8], tag: [UInt8], keys: PseudonymKeys) -> [UInt8] {
        zip(bytes, HMAC<SHA256>.authenticationCode(for: tag, using: keys.mask)).map { $0 ^ $1 }
    }

    private static func bytes(of player: PlayerID) -> [UInt8] {
        withUnsafeBytes(of: player.rawValue.bigEndian) { Array($0) }
    }
}
