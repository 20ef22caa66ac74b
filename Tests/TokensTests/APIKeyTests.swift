import Leaderboards
import Testing
import Tokens

/// The credentials of studios' servers.
struct APIKeyTests {
    /// Counts, so that keys can be foretold.
    private struct Counter: RandomNumberGenerator {
        var number: UInt64 = 0

        mutating func next() -> UInt64 {
            number += 1
            return number
        }
    }

    @Test func `a key has 256 bits of the generator`() {
        var counter = Counter()
        let key = APIKey(using: &counter)
        #expect(counter.number == 4)
        #expect(key.text.hasPrefix("hsk_") && key.text.utf8.count == 4 + 43)
        #expect(key.hint == String(key.text.prefix(8)))
        #expect(APIKey(using: &counter).text != key.text)
    }

    @Test func `what is presented is known by its hash`() {
        var counter = Counter()
        let key = APIKey(using: &counter)
        #expect(key.hash.bytes.count == 32)
        #expect(APIKeyHash(of: key.text) == key.hash)
        #expect(APIKeyHash(of: key.text + "A") != key.hash)
        // SHA-256 of "abc", FIPS 180-2, appendix B.1.
        #expect(APIKeyHash(of: "abc").bytes.prefix(4) == [0xba, 0x78, 0x16, 0xbf])
    }

    @Test func `a server's run has one id in a game, and another one in another`() {
        let (one, other) = (GameID(rawValue: 1), GameID(rawValue: 12))
        #expect(TokenKeys.run(named: "a", in: one) == TokenKeys.run(named: "a", in: one))
        let ids = [("a", one), ("b", one), ("a", other), ("2 a", one)].map {
            TokenKeys.run(named: $0, in: $1)
        }
        #expect(Set(ids).count == ids.count)
    }
}
