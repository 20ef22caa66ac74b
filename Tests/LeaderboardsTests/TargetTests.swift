import Leaderboards
import Testing

struct TargetTests {
    @Test(arguments: [
        1, 0xFF_FFFF_FFFF, -1, -999_999_999_999, -1_000_000_000_001, -1_997_852_516_352, -2_002_147_483_649,
        -4_000_000_000_000,
    ])
    func `messages stand in chats of Telegram's ranges`(chat: Int64) {
        #expect(Target(chat: chat, message: 1)?.chat?.rawValue == chat)
        #expect(Target(chat: chat, message: Int64(Int32.max)) != nil)
        for message in [.min, -1, 0, Int64(Int32.max) + 1, .max] {
            #expect(Target(chat: chat, message: message) == nil)
        }
    }

    @Test(arguments: [
        0, .min, .max, 0x100_0000_0000, -1_000_000_000_000, -1_997_852_516_353, -2_002_147_483_648,
        -4_000_000_000_001,
    ])
    func `no message stands elsewhere`(chat: Int64) {
        #expect(Target(chat: chat, message: 1) == nil)
    }

    @Test func `an inline message has 1 to 200 visible ASCII characters`() {
        for text in ["!", "~", String(repeating: "A", count: 200)] { #expect(Target(inline: text) != nil) }
        for text in [
            "", " ", "a b", "a\u{0}b", "a\u{7F}", "Zoë", "\u{202E}", String(repeating: "A", count: 201),
        ] {
            #expect(Target(inline: text) == nil)
        }
    }
}
