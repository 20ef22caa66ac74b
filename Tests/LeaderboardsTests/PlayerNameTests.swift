import Leaderboards
import Testing

/// Names are kept as people write them, without what would harm a database or a page.
struct PlayerNameTests {
    @Test(arguments: [
        ("Zoë", "Zoë"), ("Zoe", "Zoe"), ("  Zoe  ", "Zoe"), ("Anna Maria", "Anna Maria"), ("", ""),
        ("   ", ""),
        ("Zo\0e", "Zoe"), ("\0", ""), ("a\u{202E}b", "ab"), ("\u{2066}x\u{2069}", "x"),
        ("\u{200F}שלום", "שלום"),
        ("a\nb\tc", "abc"), ("a\u{2028}b", "ab"), ("a\u{85}b", "ab"), ("\u{061C}م", "م"), ("a\u{7F}b", "ab"),
        ("👨‍👩‍👧‍👦", "👨‍👩‍👧‍👦"), ("مرحبا", "مرحبا"), ("日本語", "日本語"),
        ("\u{200D}", "\u{200D}"),
    ])
    func `control characters and outer spaces go, all else stays`(name: String, kept: String) {
        #expect(PlayerName.storable(name) == kept)
    }

    @Test func `a name of 10 KB is cut to 64 characters`() {
        let name = PlayerName.storable(String(repeating: "é", count: 10_000))
        #expect(name == String(repeating: "é", count: 64))
        #expect(PlayerName.storable(String(repeating: "x", count: 65)).count == 64)
        #expect(PlayerName.storable(String(repeating: "x", count: 64)).count == 64)
    }

    @Test func `a character of endless combining marks is bounded`() {
        let name = PlayerName.storable("a" + String(repeating: "\u{0301}", count: 10_000))
        #expect(name.unicodeScalars.count == 256)
    }

    @Test(
        arguments: [
            ("Zoë", nil, "Zoë"), ("Zoë", "Smith", "Zoë Smith"), (nil, "Smith", "Smith"),
            ("", "Smith", "Smith"),
            ("", "", nil), (nil, nil, nil), ("", nil, nil),
        ] as [(String?, String?, String?)]
    )
    func `first and last name are joined where there are any`(first: String?, last: String?, shown: String?) {
        #expect(PlayerName.display(first: first, last: last) == shown)
    }

    @Test func `a profile holds cleaned names and no empty ones`() {
        let profile = PlayerProfile(
            id: PlayerID(rawValue: 1),
            firstName: "\0A",
            lastName: "\u{202E}",
            username: ""
        )
        #expect(profile.firstName == "A")
        #expect(profile.lastName == nil)
        #expect(profile.username == nil)
        #expect(profile.displayName == "A")
    }
}
