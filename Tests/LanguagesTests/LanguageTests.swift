import Testing

@testable import Languages

@Suite struct LanguageTests {
    @Test(arguments: [
        ("ru", Language.ru), ("ru-RU", .ru), ("pt-br", .pt), ("PT", .pt), ("zh-hans", nil), ("in", .id),
        ("fa_IR", .fa),
        ("", nil), ("russian", nil),
    ])
    func `a tag stands for one of the languages`(tag: String, language: Language?) {
        #expect(Language(tag: tag) == language)
    }

    @Test(
        arguments: [
            (nil, Language.en), ("", .en), ("de", .de), ("de-AT,de;q=0.9,en;q=0.8", .de),
            ("zh,ja;q=0.9,uk;q=0.2", .uk),
            ("en;q=0.5, fr ; q=0.9", .fr), ("ru;q=0,tr;q=0.1", .tr), ("*", .en), ("ar;q=x,it;q=0.3", .it),
            ("es,fr", .es),
        ] as [(String?, Language)]
    )
    func `a reader gets the language that they like best of those there are`(
        list: String?,
        language: Language
    ) {
        #expect(Language(preferredBy: list) == language)
    }

    @Test func `a list without end is read to its limit only`() {
        #expect(Language(preferredBy: String(repeating: "zz,", count: 40) + "ru") == .en)
    }

    @Test func `Arabic and Persian are written from the right`() {
        #expect(Language.allCases.filter { $0.direction == "rtl" } == [.fa, .ar])
    }
}
