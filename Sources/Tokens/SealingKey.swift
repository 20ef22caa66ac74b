import Crypto
import Leaderboards

/// Encrypts what pages are handed so that they can neither read nor change it.
///
/// The initialization vector is synthetic (the construction of RFC 5297, on HMAC-SHA-256): the code of what is sealed
/// is both its proof and the start of its key stream. So the same text always gets the same seal, nothing has to be
/// drawn, and the code costs no byte more than an initialization vector would.
struct SealingKey: Sendable {
    /// How many bytes of the code stand before what is sealed; a forger has one chance in 2^128.
    static let tagLength = 16

    private let tagKey: CodeKey
    private let streamKey: [UInt8]

    /// Derives the keys of one kind of seal.
    init(secret: SymmetricKey, name: String) {
        tagKey = CodeKey(deriving: "highscores \(name) tag", from: secret)
        let streamKey = CodeKey.derivedKey("highscores \(name) stream", from: secret)
        self.streamKey = streamKey.withUnsafeBytes { Array($0) }
    }

    /// The code and the encrypted bytes.
    ///
    /// - Parameters:
    ///   - game: A game that the seal is bound to without naming it; all seals of a kind are, or none.
    ///   - tagLength: How many bytes of the code stay.
    func seal(
        _ bytes: [UInt8],
        in game: GameTokenID? = nil,
        tagLength: Int = Self.tagLength
    ) -> [UInt8] {
        var sealed = tag(of: bytes, in: game, length: tagLength)
        sealed.reserveCapacity(tagLength + bytes.count)
        sealed += bytes
        mask(&sealed, behind: tagLength)
        return sealed
    }

    /// What was sealed; nil for anything that this key did not seal in just this way.
    func open(
        _ sealed: ArraySlice<UInt8>,
        in game: GameTokenID? = nil,
        tagLength: Int = Self.tagLength
    ) -> [UInt8]? {
        guard sealed.count > tagLength else { return nil }
        var bytes = Array(sealed)
        mask(&bytes, behind: tagLength)
        let tag = bytes.prefix(tagLength)
        bytes.removeFirst(tagLength)
        // Where the two differ must not show in the time.
        var difference: UInt8 = 0
        for (byte, expected) in zip(tag, self.tag(of: bytes, in: game, length: tagLength)) {
            difference |= byte ^ expected
        }
        return difference == 0 ? bytes : nil
    }

    private func tag(of bytes: [UInt8], in game: GameTokenID?, length: Int) -> [UInt8] {
        var bytes = bytes
        // As long for every game, so that no two pairs of game and bytes are spelled alike.
        if let game { withUnsafeBytes(of: game.rawValue.bigEndian) { bytes.append(contentsOf: $0) } }
        return tagKey.code(of: bytes).withUnsafeBytes { Array($0.prefix(length)) }
    }

    /// Puts the key stream over everything behind the code, or takes it off again.
    ///
    /// Key, code and counter fit into one block of SHA-256 and are always as long, so that hashing them is all that it
    /// takes: nothing can be appended, and HMAC would hash thrice.
    private func mask(_ bytes: inout [UInt8], behind tagLength: Int) {
        var block = streamKey
        block.reserveCapacity(streamKey.count + tagLength + 1)
        block += bytes.prefix(tagLength)
        block.append(0)
        for position in stride(from: tagLength, to: bytes.count, by: SHA256.byteCount) {
            SHA256.hash(data: block).withUnsafeBytes { stream in
                for (index, byte) in zip(position..<bytes.count, stream) { bytes[index] ^= byte }
            }
            block[block.count - 1] += 1
        }
    }
}
