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
        ("❤\u{FE0F}", "❤\u{FE0F}"), ("a\u{200B}b", "a\u{200B}b"), ("\u{2800}x", "\u{2800}x"),
        ("\u{206A}x", "x"),
    ])
    func `control characters and outer spaces go, all else stays`(name: String, kept: String) {
        #expect(PlayerName.storable(name) == kept)
    }

    @Test(arguments: [
        "\u{200B}", "\u{3164}", "\u{2800}", "\u{115F}", "\u{1160}", "\u{FFA0}", "\u{200D}", "\u{AD}",
        "\u{180E}",
        "\u{2060}\u{2063}", "\u{FE0F}\u{FE00}", "\u{E0061}\u{E007F}", "\u{E0100}", "\u{034F}", "\u{FEFF}",
        "\u{A0}\u{3000}",
        "\u{17B4}", "\u{1D159}", "\u{1D173}", "\u{16FE4}", "\u{FFF9}\u{FFFB}", "\u{3164} \u{2800}",
        "\u{202E}\u{200B}",
    ])
    func `a name of which nothing can be seen is none`(name: String) {
        #expect(PlayerName.storable(name) == "")
        #expect(PlayerName.storable(String(repeating: name, count: 100)) == "")
        #expect(PlayerName.display(first: name, last: name) == nil)
        #expect(PlayerName.display(first: name, last: "Smith") == "Smith")
        let profile = PlayerProfile(
            id: PlayerID(rawValue: 1),
            firstName: name,
            lastName: name,
            username: name
        )
        #expect(profile.displayName == nil && profile.lastName == nil && profile.username == nil)
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
