import Encodings
import Leaderboards
import Testing
import Tokens

/// Pseudonyms hide who plays from everybody but the service.
struct PseudonymTests {
    private let keys = TokenKeys(secrets: ["one secret of thirty-two characters"])
    private let game = GameTokenID(rawValue: 1)

    @Test(arguments: [1, 5_000_000_001, (1 << 52) - 1, Int64.max] as [Int64])
    func `a pseudonym leads back to its player`(id: Int64) {
        let player = PlayerID(rawValue: id)
        let pseudonym = keys.pseudonym(of: player, in: game)
        #expect(pseudonym.utf8.count == 22)
        #expect(pseudonym == keys.pseudonym(of: player, in: game))
        #expect(keys.player(ofPseudonym: pseudonym, in: game) == player)
    }

    @Test func `a player has another pseudonym in another game, which cannot be brought over`() {
        let player = PlayerID(rawValue: 5_000_000_001)
        let other = GameTokenID(rawValue: 2)
        #expect(keys.pseudonym(of: player, in: game) != keys.pseudonym(of: player, in: other))
        #expect(keys.player(ofPseudonym: keys.pseudonym(of: player, in: game), in: other) == nil)
    }

    @Test func `a pseudonym survives the rotation of secrets`() {
        let player = PlayerID(rawValue: 5_000_000_001)
        let rotated = TokenKeys(secrets: [
            "a new secret of thirty-two characters", "one secret of thirty-two characters",
        ])
        #expect(rotated.player(ofPseudonym: keys.pseudonym(of: player, in: game), in: game) == player)
    }

    @Test func `a changed bit makes it nobody's`() throws {
        let pseudonym = keys.pseudonym(of: PlayerID(rawValue: 5_000_000_001), in: game)
        let bytes = try #require(Base64URL.decode(pseudonym))
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(keys.player(ofPseudonym: Base64URL.encode(changed), in: game) == nil)
        }
        for text in ["", "5000000001", pseudonym + "A", String(pseudonym.dropLast())] {
            #expect(keys.player(ofPseudonym: text, in: game) == nil)
        }
    }
}
