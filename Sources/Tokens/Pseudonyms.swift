import Encodings
package import Leaderboards

extension TokenKeys {
    /// Half of the code is enough where a forgery shows no more than whether somebody is on the leaderboard.
    private static let pseudonymTagLength = 8

    /// The name under which a player appears on a game's global leaderboard.
    ///
    /// The same player always gets the same name in a game, names of different games cannot be brought together, and
    /// only the service can turn one back.
    package func pseudonym(of player: PlayerID, in game: GameTokenID) -> String {
        let bytes = withUnsafeBytes(of: player.rawValue.bigEndian) { Array($0) }
        return Base64URL.encode(
            pseudonymKeys[0].seal(bytes, in: game, tagLength: Self.pseudonymTagLength)
        )
    }

    /// The player behind what ``pseudonym(of:in:)`` gave under any accepted secret; nil when it is no pseudonym of this
    /// game.
    package func player(ofPseudonym pseudonym: String, in game: GameTokenID) -> PlayerID? {
        guard pseudonym.utf8.count == 22, let sealed = Base64URL.decode(pseudonym) else { return nil }
        for key in pseudonymKeys {
            if let bytes = key.open(sealed[...], in: game, tagLength: Self.pseudonymTagLength) {
                return PlayerID(rawValue: bytes.reduce(0) { $0 << 8 | Int64($1) })
            }
        }
        return nil
    }
}
