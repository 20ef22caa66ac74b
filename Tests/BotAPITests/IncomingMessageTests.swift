@testable import BotAPI
import Testing

@Suite struct IncomingMessageTests {
    private func message(_ members: String) throws -> IncomingMessage {
        let text = #"{"update_id":1,"message":{"message_id":31,"chat":{"id":-5,"type":"group"},\#(members)}}"#
        let update = try #require(Update.decode(Array(text.utf8)))
        guard case .message(let message) = update.event else {
            throw Unexpected()
        }
        return message
    }

    private struct Unexpected: Error {}

    @Test(arguments: [
        ("/start", 6, IncomingCommand(name: "start")),
        ("/start maze", 6, IncomingCommand(name: "start", payload: "maze")),
        ("/start  maze \\n", 6, IncomingCommand(name: "start", payload: "maze")),
        ("/play@Maze_Bot", 14, IncomingCommand(name: "play", botUsername: "Maze_Bot")),
        (
            "/play@maze_bot two words", 14,
            IncomingCommand(name: "play", botUsername: "maze_bot", payload: "two words")
        ),
        ("/PLAY 😀", 5, IncomingCommand(name: "play", payload: "😀")),
        ("/pläy x", 5, IncomingCommand(name: "pläy", payload: "x")),
        ("/p😀x", 4, IncomingCommand(name: "p😀", payload: "x")),
        ("/start", 7, nil), ("/start", 1, nil), ("/start", 0, nil), ("/start", -1, nil), ("/@bot", 5, nil),
        ("start", 5, nil), (" /start", 7, nil),
    ])
    func `a command is taken apart by its mark, counted in UTF-16`(
        text: String,
        length: Int,
        command: IncomingCommand?
    ) throws {
        let entities =
            #"[{"type":"bold","offset":0,"length":2},{"type":"bot_command","offset":0,"length":\#(length)}]"#
        #expect(try message(#""text":"\#(text)","entities":\#(entities)"#).command == command)
    }

    @Test(arguments: [
        #""text":"/start","entities":[]"#, #""text":"/start.me""#, #""text":"/""#, #""text":"/@bot""#,
        #""text":"/stärt""#, #""text":"start""#,
        #""text":"/start","entities":[{"type":"code","offset":0,"length":6}]"#,
        #""text":"/go /start","entities":[{"type":"bot_command","offset":4,"length":6}]"#,
        #""text":"/start","entities":[{"type":"bot_command","offset":0}]"#,
        #""text":"/start","entities":["bot_command",{"type":"bot_command","offset":0,"length":9e9}]"#,
        #""text":5,"entities":[{"type":"bot_command","offset":0,"length":6}]"#,
        #""entities":[{"type":"bot_command","offset":0,"length":6}]"#,
    ])
    func `text that Telegram did not mark at its beginning is no command`(members: String) throws {
        #expect(try message(members).command == nil)
    }

    @Test(arguments: [
        (#""text":"/start""#, IncomingCommand(name: "start")),
        (
            #""text":"/PLAY@Maze_Bot\n maze ","entities":null"#,
            IncomingCommand(name: "play", botUsername: "Maze_Bot", payload: "maze")
        ),
    ])
    func `text without any marks is taken by its first word`(members: String, command: IncomingCommand) throws
    {
        #expect(try message(members).command == command)
    }

    @Test(arguments: [
        (#""sender_chat":{"id":-5,"type":"group"}"#, true), (#""sender_chat":null"#, false),
        (#""sender_chat":-5"#, false), (#""text":"x""#, false),
    ])
    func `a message in the name of a chat is recognised`(members: String, isInNameOfChat: Bool) throws {
        #expect(try message(members).isInNameOfChat == isInNameOfChat)
    }

    @Test func `a game sent through the bot's inline mode is seen`() throws {
        let message = try message(
            #""via_bot":{"id":6100200,"is_bot":true,"first_name":"Maze"},"game":{"title":"Maze"},"from":{"id":4}"#
        )
        #expect(message.hasGame)
        #expect(message.viaBotID == 6_100_200)
        #expect(message.from == User(id: 4, firstName: ""))
        #expect(message.messageID == 31)
    }

    @Test func `both ends of an upgrade are read`() throws {
        #expect(try message(#""migrate_to_chat_id":-1001700000001"#).migrateToChatID == -1_001_700_000_001)
        #expect(try message(#""migrate_from_chat_id":"-4077123""#).migrateFromChatID == -4_077_123)
        #expect(try message(#""migrate_to_chat_id":null"#).migrateToChatID == nil)
    }

    @Test func `a topic is one of a forum and not a thread of replies`() throws {
        #expect(try message(#""message_thread_id":12,"is_topic_message":true"#).topicID == 12)
        #expect(try message(#""message_thread_id":12"#).topicID == nil)
        #expect(try message(#""is_topic_message":true"#).topicID == nil)
    }

    @Test func `a kind of chat not yet known is kept apart`() throws {
        let text = #"{"update_id":1,"message":{"chat":{"id":8,"type":"galaxy"}}}"#
        let expected = IncomingMessage(chat: Chat(id: 8, kind: .other), messageID: 0, from: nil)
        #expect(Update.decode(Array(text.utf8))?.event == .message(expected))
    }
}
