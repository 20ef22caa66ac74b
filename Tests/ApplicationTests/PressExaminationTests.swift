@testable import BotAPI
import Leaderboards
import Testing

@testable import Application

struct PressExaminationTests {
    private static let bot = BotID(rawValue: 7)

    private static func identity(_ mode: String?) -> BotUser {
        BotUser(
            id: 7,
            username: "arcade",
            firstName: "",
            supportsInlineQueries: true,
            callbackQueryMode: mode
        )
    }

    @Test(
        arguments: [
            (nil, nil, nil), ("default", nil, nil),
            ("inline", nil, "callback_query_mode is 'inline'; such presses"),
            (
                "auto", 2,
                "callback_query_mode is 'auto'; messages that the bot sent are pressed by inline ids in 2 chats;"
            ),
            (nil, 3, "in 3 chats, so callback_query_mode is auto or inline; such presses tell no chat id"),
        ] as [(String?, Int64?, String?)]
    )
    func `how presses arrive is told where Telegram or presses tell it`(
        mode: String?,
        chats: Int64?,
        says: String?
    ) {
        let findings = Finding.presses(
            [Self.bot: Self.identity(mode)],
            chats: chats.map { [Self.bot: $0] } ?? [:]
        )
        #expect(findings.count == (says == nil ? 0 : 1))
        if let says { #expect(findings.first?.detail.contains(says) == true, "\(findings)") }
        #expect(findings.allSatisfy { $0.verdict == .ok && $0.subject == "presses of bot 7" })
    }
}
