@testable import BotAPI
import Testing

@Suite struct UpdateTests {
    private func event(_ text: String) throws -> Update.Event {
        try #require(Update.decode(Array(text.utf8))).event
    }

    private func query(_ members: String) throws -> CallbackQuery? {
        guard case .callbackQuery(let query) = try event(#"{"update_id":1,"callback_query":{\#(members)}}"#)
        else { return nil }
        return query
    }

    private let ines = User(
        id: 81_500_011,
        firstName: "Inês",
        lastName: "Prado",
        username: "ines_p",
        languageCode: "pt"
    )

    @Test func `a press under a message of a chat is read`() throws {
        let update = Update.decode(
            Array(
                """
                {"update_id":771200345,
                "callback_query":{"id":"3350012997154430001","from":{"id":81500011,"is_bot":false,
                "first_name":"In\\u00eas","last_name":"Prado","username":"ines_p","language_code":"pt"},
                "message":{"message_id":57,"from":{"id":6100200,"is_bot":true,"first_name":"Maze"},
                "chat":{"id":-4077123,"title":"Lunch","type":"group","accepted_gift_types":{}},
                "date":1771000000,"game":{"title":"Maze","description":"","photo":[]}},
                "chat_instance":"-8812345678901234567","game_short_name":"maze"}}
                """.utf8
            )
        )
        let expected = CallbackQuery(
            id: "3350012997154430001",
            from: ines,
            target: .chat(chatID: -4_077_123, messageID: 57),
            chat: Chat(id: -4_077_123, kind: .group, title: "Lunch"),
            chatInstance: "-8812345678901234567",
            gameShortName: "maze"
        )
        #expect(update == Update(updateID: 771_200_345, event: .callbackQuery(expected)))
    }

    @Test func `a press under an inline message is read`() throws {
        let query = try query(
            #"""
            "id":"42","from":{"id":"81500011","first_name":"Inês","last_name":"Prado","username":"ines_p",
            "language_code":"pt"},
            "inline_message_id":"CgAAAIwVAAC3","chat_instance":1099511627776001,"game_short_name":"maze"
            """#
        )
        let expected = CallbackQuery(
            id: "42",
            from: ines,
            target: .inline("CgAAAIwVAAC3"),
            chatInstance: "1099511627776001",
            gameShortName: "maze"
        )
        #expect(query == expected)
    }

    @Test func `a message that Telegram cannot load still has its address`() throws {
        let members =
            #""id":"9","message":{"chat":{"id":-1002000300040,"type":"supergroup"},"message_id":8,"date":0}"#
        let query = try #require(try query(members))
        #expect(query.isAccessible == false)
        #expect(query.target == .chat(chatID: -1_002_000_300_040, messageID: 8))
        #expect(query.chat == Chat(id: -1_002_000_300_040, kind: .supergroup))
    }

    @Test(arguments: [
        (#""message":{"chat":{"id":5},"message_id":1}"#, MessageTarget.chat(chatID: 5, messageID: 1)),
        (#""message":{"chat":{"id":"-5"},"message_id":"2147483647"}"#, .chat(chatID: -5, messageID: .max)),
        (
            #""message":{"chat":{"id":5},"message_id":1},"inline_message_id":"x""#,
            .chat(chatID: 5, messageID: 1)
        ),
        (#""message":null,"inline_message_id":"x""#, .inline("x")),
        (#""message":"odd","inline_message_id":"x""#, .inline("x")),
        (#""message":{"chat":5,"message_id":1},"inline_message_id":"x""#, .inline("x")),
        (#""message":{"chat":{"id":5},"message_id":0}"#, nil),
        (#""message":{"chat":{"id":5},"message_id":2147483648}"#, nil),
        (#""message":{"chat":{"id":5},"message_id":1.5}"#, nil),
        (#""message":{"chat":{"id":0},"message_id":1}"#, nil),
        (#""inline_message_id":"""#, nil),
        (#""inline_message_id":null"#, nil),
        (#""data":"x""#, nil),
    ])
    func `a message is addressed in exactly one way or not at all`(
        members: String,
        target: MessageTarget?
    ) throws {
        #expect(try query(#""id":"1",\#(members)"#)?.target == target)
    }

    @Test(arguments: [
        (#""from":{"id":7,"first_name":3,"last_name":null,"username":[]}"#, User(id: 7, firstName: "")),
        (#""from":{"id":7,"is_bot":"yes"}"#, User(id: 7, firstName: "")),
        (
            #""from":{"id":7,"is_bot":true,"first_name":"a\u0000b"}"#,
            User(id: 7, isBot: true, firstName: "a\0b")
        ),
        (#""from":{"id":0,"first_name":"x"}"#, nil),
        (#""from":{"id":-7,"first_name":"x"}"#, nil),
        (#""from":{"first_name":"x"}"#, nil),
        (#""from":null"#, nil),
        (#""from":[1]"#, nil),
        (#""from":{"id":99999999999999999999}"#, nil),
    ])
    func `a person of an odd shape never hides the press`(members: String, from: User?) throws {
        let query = try #require(try query(#""id":"1","game_short_name":"maze",\#(members)"#))
        #expect(query.from == from)
        #expect(query.gameShortName == "maze")
    }

    @Test func `a press without a game is told from one with a game`() throws {
        let query = try #require(try query(#""id":"1","data":"buy:3","chat_instance":null"#))
        #expect(query.hasData)
        #expect(query.gameShortName == nil)
        #expect(query.chatInstance == nil)
        #expect(try self.query(#""id":"1","game_short_name":7,"chat_instance":{}"#)?.gameShortName == nil)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "7", "{}", #"{"update_id":null}"#, #"{"update_id":"x"}"#,
        #"{"update_id":1.5}"#,
        "{\"update_id\":1}x", "method=sendGame", "{\"update_id\":1,\"message\":\"\u{1}\"}",
    ])
    func `anything that is no update is recognised`(text: String) {
        #expect(Update.decode(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        #"{"update_id":1}"#,
        #"{"update_id":1,"edited_message":{"chat":{"id":1},"message_id":1}}"#,
        #"{"update_id":1,"callback_query":{}}"#,
        #"{"update_id":1,"callback_query":{"id":""}}"#,
        #"{"update_id":1,"callback_query":null,"message":{"message_id":1},"inline_query":3}"#,
        #"{"update_id":1,"my_chat_member":{"new_chat_member":{"status":"left"}}}"#,
        #"{"update_id":1,"poll":{"id":"1"}}"#,
        #"{"update_id":1,"chosen_inline_result":{}}"#,
    ])
    func `an update of another kind or without its essentials is other`(text: String) throws {
        #expect(try event(text) == .other)
    }

    @Test func `an update as long as Telegram sends them and as deep as quotes go is read`() throws {
        let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        let text =
            #"{"update_id":"5","message":{"chat":{"id":3,"type":"private"},"deep":\#(deep),"text":"TEXT"}}"#
        let filler = String(repeating: "é", count: (512 * 1024 - text.utf8.count) / 2 + 2)
        let update = Update.decode(Array(text.replacing("TEXT", with: filler).utf8))
        #expect(update?.updateID == 5)
        let message = IncomingMessage(chat: Chat(id: 3, kind: .private), messageID: 0, from: nil)
        #expect(update?.event == .message(message))
    }

    @Test func `an inline query is read`() throws {
        let expected = InlineQuery(id: "134567", from: ines, query: "ma ze", offset: "20")
        let found = try event(
            #"""
            {"update_id":1,"inline_query":{"id":134567,"from":{"id":81500011,"first_name":"Inês",
            "last_name":"Prado","username":"ines_p",
            "language_code":"pt"},"query":"ma ze","offset":"20","chat_type":"sender"}}
            """#
        )
        #expect(found == .inlineQuery(expected))
        #expect(
            try event(#"{"update_id":1,"inline_query":{"id":"2"}}"#)
                == .inlineQuery(InlineQuery(id: "2", from: nil, query: ""))
        )
    }

    @Test func `a chosen inline result is read`() throws {
        let found = try event(
            #"""
            {"update_id":1,"chosen_inline_result":{"result_id":"maze","from":{"id":4,"first_name":"L"},
            "query":"","inline_message_id":"CgAAAIwVAAC3"}}
            """#
        )
        let expected = ChosenInlineResult(
            resultID: "maze",
            from: User(id: 4, firstName: "L"),
            inlineMessageID: "CgAAAIwVAAC3"
        )
        #expect(found == .chosenInlineResult(expected))
    }

    @Test(
        arguments: [
            (#""status":"creator""#, true), (#""status":"administrator""#, true),
            (#""status":"member""#, true),
            (#""status":"restricted","is_member":true,"can_send_messages":true"#, true),
            (#""status":"restricted","is_member":true,"can_send_messages":false"#, false),
            (#""status":"restricted","is_member":false,"can_send_messages":true"#, false),
            (#""status":"restricted","is_member":true"#, false),
            (#""status":"left""#, false), (#""status":"kicked","until_date":0"#, false),
            (#""status":"guest""#, nil), (#""status":4"#, nil),
        ] as [(String, Bool?)]
    )
    func `the bot's membership says whether it can write`(member: String, canWrite: Bool?) throws {
        let found = try event(
            #"""
            {"update_id":1,"my_chat_member":{"chat":{"id":-70,"type":"group"},"date":1771000001,
            "old_chat_member":{"status":"left"},"new_chat_member":{\#(member)}}}
            """#
        )
        let chat = Chat(id: -70, kind: .group)
        #expect(
            found == .myChatMember(ChatMemberUpdated(chat: chat, date: 1_771_000_001, canWrite: canWrite))
        )
    }
}
