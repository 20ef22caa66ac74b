import Crypto

/// The two keys of the deterministic encryption that turns a player's id into a pseudonym.
struct PseudonymKeys: Sendable {
    let tag: CodeKey
    let mask: CodeKey
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
        var bytes = Self.tag(of: player, in: game, keys: keys)
        bytes += Self.masked(player.rawValue, tag: bytes[...], keys: keys).bigEndianBytes
        return Base64URL.encode(bytes)
    }

    /// The player behind a pseudonym.
    ///
    /// - Parameters:
    ///   - pseudonym: What ``pseudonym(of:in:)`` gave under any accepted secret.
    ///   - game: The game.
    /// - Returns: The player; nil when it is no pseudonym of this game.
    package func player(ofPseudonym pseudonym: String, in game: GameID) -> PlayerID? {
        guard let bytes = Base64URL.decode(pseudonym), bytes.count == 2 * Self.halfLength else { return nil }
        let tag = bytes.prefix(Self.halfLength)
        let masked = Int64(bigEndianBytes: bytes.suffix(Self.halfLength))
        for keys in pseudonymKeys {
            let player = PlayerID(rawValue: Self.masked(masked, tag: tag, keys: keys))
            if Self.tag(of: player, in: game, keys: keys)[...] == tag { return player }
        }
        return nil
    }

    private static func tag(of player: PlayerID, in game: GameID, keys: PseudonymKeys) -> [UInt8] {
        let code = keys.tag.code(of: Array("\(game.rawValue) \(player.rawValue)".utf8))
        return code.withUnsafeBytes { Array($0.prefix(halfLength)) }
    }

    /// Masks a number, or takes the mask off again.
    private static func masked(_ number: Int64, tag: ArraySlice<UInt8>, keys: PseudonymKeys) -> Int64 {
        let code = keys.mask.code(of: tag)
        return number ^ code.withUnsafeBytes { Int64(bigEndianBytes: $0.prefix(halfLength)) }
    }
}

extension Int64 {
    fileprivate init(bigEndianBytes bytes: some Sequence<UInt8>) {
        self.init(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }

    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
