import Leaderboards
import Testing

/// Ids are read from their one spelling and from no other.
struct IdentifierTests {
    @Test(arguments: [Int64.min, -3_788_475_317_572_404_878, -1, 1, 42, Int64.max])
    func `a chat instance is any signed 64-bit number but zero`(number: Int64) {
        #expect(ChatInstance("\(number)") == ChatInstance(rawValue: number))
    }

    @Test(arguments: [
        "", "0", "-0", "+5", "05", "-05", "00", " 5", "5 ", "5\n", "5.0", "1e3", "0x10", "٣", "-", "--5",
        "5\0",
        "9223372036854775808", "-9223372036854775809", "99999999999999999999999999", "abc",
    ])
    func `anything else is no chat`(text: String) {
        #expect(ChatInstance(text) == nil)
    }

    @Test(arguments: [
        ("0", 0), ("1", 1), ("9", 9), ("10", 10), ("1234", 1234), ("2147483647", Int32.max),
    ])
    func `a score is a plain integer up to int32`(digits: String, value: Int32) {
        #expect(Score(digits: digits)?.value == value)
    }

    @Test(arguments: [
        "", "-1", "-0", "+1", "00", "01", "1.0", "1e3", "1E3", "1e-3", "0.5", "2147483648", "4294967296",
        "99999999999999999999", " 1", "1 ", "٣", "NaN", "true", "\"5\"", "1_000", "0x1",
    ])
    func `no other number text is a score`(digits: String) {
        #expect(Score(digits: digits) == nil)
        #expect(Score(digits: digits[...]) == nil)
    }

    @Test func `a negative number is no score`() {
        #expect(Score(-1) == nil)
        #expect(Score(.min) == nil)
        #expect(Score(0)?.value == 0)
    }

    @Test func `a private chat's id is positive`() {
        #expect(TelegramChatID(rawValue: 5_000_000_001).isPrivate)
        #expect(!TelegramChatID(rawValue: -1_001_000_000_001).isPrivate)
    }

    @Test func `128 bits are read and written most significant first`() throws {
        let bytes = (0..<16).map { UInt8($0 * 17) }
        let id = try #require(Identifier128(bytes: bytes))
        #expect(id.bytes == bytes)
        #expect(id.description == "00112233-4455-6677-8899-aabbccddeeff")
        #expect(Identifier128(bytes: bytes.dropLast()) == nil)
        #expect(Identifier128(bytes: bytes + [0]) == nil)
    }

    @Test(arguments: Scope.allCases, WindowKind.allCases)
    func `a kind of leaderboard is read from its name`(scope: Scope, window: WindowKind) {
        let kind = BoardKind(scope: scope, window: window)
        #expect(BoardKind(kind.description) == kind)
    }

    @Test(arguments: [
        "", "chat", "chat/", "/all", "chat/all/", "chat/all/all", "Chat/all", "chat/year", "chat all",
    ])
    func `an unknown name is no kind of leaderboard`(name: String) {
        #expect(BoardKind(name) == nil)
    }
}
