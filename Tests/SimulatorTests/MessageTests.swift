import JSON
import Testing

@testable import Simulator

@Suite struct MessageTests {
    private func updates(_ scene: inout Scene) throws -> [JSONValue] {
        try scene.updates().map { try JSON.parse(Array($0.utf8)) }
    }

    @Test(arguments: [
        (["game_short_name": ""], "Bad Request: parameter \"game_short_name\" is required"),
        (["game_short_name": "chess"], "Bad Request: wrong game short name specified"),
        (["chat_id": ""], "Bad Request: chat_id is empty"),
        (["chat_id": "-5"], "Bad Request: chat not found"),
        (["chat_id": "5000000001"], "Forbidden: bot can't initiate conversation with a user"),
        (
            ["reply_markup": #"{"inline_keyboard":[[{"text":"x","callback_data":"1"}]]}"#],
            "Bad Request: REPLY_MARKUP_GAME_EMPTY"
        ),
    ])
    func `sendGame says what is wrong`(texts: [String: String], text: String) throws {
        var scene = try Scene()
        let call = ["chat_id": "-987654", "game_short_name": "tetris"].merging(texts) { $1 }
        #expect(scene.call("sendGame", call).description == text)
    }

    @Test func `a game gets a Play button of its own, or the keyboard that was given`() throws {
        var scene = try Scene()
        let plain = scene.call("sendGame", ["chat_id": "-987654", "game_short_name": "tetris"])
        #expect(
            plain.result?["reply_markup"]?.json
                == #"{"inline_keyboard":[[{"text":"Play Tetris","callback_game":{}}]]}"#
        )
        let markup =
            #"{"inline_keyboard":[[{"text":"Go","callback_game":{}},{"text":"?","url":"https://example.org"}]]}"#
        let given = scene.call(
            "sendGame",
            ["chat_id": "-987654", "game_short_name": "tetris", "reply_markup": markup]
        )
        #expect(given.result?["reply_markup"]?.json == markup)
    }

    @Test func `a game button under a text is invalid`() throws {
        var scene = try Scene()
        let markup = #"{"inline_keyboard":[[{"text":"Go","callback_game":{}}]]}"#
        let answer = scene.call("sendMessage", ["chat_id": "-987654", "text": "x", "reply_markup": markup])
        #expect(answer.description == "Bad Request: BUTTON_TYPE_INVALID")
    }

    @Test func `games cannot be sent to channels`() throws {
        var scene = try Scene()
        try scene.telegram.addChat(.channel, id: -1_009, title: "News", users: [], bots: [Scene.bot])
        #expect(scene.call("sendGame", ["chat_id": "-1009", "game_short_name": "tetris"]).status == 400)
    }

    @Test(arguments: [
        ("/play", true), ("/play tetris", true), ("/play@scene_bot x", true), ("/play@SCENE_BOT", true),
        ("/play@other_bot", false), ("hello", false), ("hello /play", false), ("/", false), ("/é", false),
    ])
    func `in a group a bot sees commands meant for it only`(text: String, isSeen: Bool) throws {
        var scene = try Scene()
        try scene.telegram.say(user: Scene.ada, in: Scene.group, text, now: scene.now)
        #expect(try updates(&scene).count == (isSeen ? 1 : 0))
    }

    @Test func `a command has an entity that ends before its payload`() throws {
        var scene = try Scene()
        try scene.telegram.say(
            user: Scene.ada,
            in: .bot(Scene.bot, user: Scene.ada),
            "/start room_42",
            now: scene.now
        )
        let message = try #require(try updates(&scene).first?["message"])
        #expect(message["text"]?.string == "/start room_42")
        #expect(
            message["entities"].map { String(decoding: $0.raw, as: UTF8.self) }
                == #"[{"offset":0,"length":6,"type":"bot_command"}]"#
        )
        #expect(message["chat"]?["id"]?.int64 == Scene.ada)
        #expect(message["chat"]?["type"]?.string == "private")
    }

    @Test func `writing opens the private chat, blocking closes it, writing again unblocks`() throws {
        var scene = try Scene()
        let chat = ChatKey.bot(Scene.bot, user: Scene.ada)
        try scene.telegram.say(user: Scene.ada, in: chat, "/start", now: scene.now)
        #expect(scene.call("sendMessage", ["chat_id": "\(Scene.ada)", "text": "hi"]).status == 200)
        try scene.telegram.setMembership(.kicked, of: Scene.bot, in: chat, by: Scene.ada, now: scene.now)
        #expect(
            scene.call("sendMessage", ["chat_id": "\(Scene.ada)", "text": "hi"]).description
                == "Forbidden: bot was blocked by the user"
        )
        _ = scene.updates()
        try scene.telegram.say(user: Scene.ada, in: chat, "/start", now: scene.now)
        let membership = try #require(try updates(&scene).first?["my_chat_member"])
        #expect(membership["old_chat_member"]?["status"]?.string == "kicked")
        #expect(membership["new_chat_member"]?["status"]?.string == "member")
    }

    @Test func `a shared game tells the bot of the chat, with via_bot, and the chosen result when asked for`()
        throws
    {
        var scene = try Scene()
        try scene.telegram.setInlineFeedback(true, of: Scene.bot)
        let query = try scene.telegram.ask(
            user: Scene.ada,
            bot: Scene.bot,
            in: Scene.group,
            text: "te",
            now: scene.now
        )
        let asks = try #require(try updates(&scene).first?["inline_query"])
        #expect(asks["query"]?.string == "te")
        #expect(asks["chat_type"]?.string == "group")
        let results = #"[{"type":"game","id":"t","game_short_name":"tetris"}]"#
        #expect(
            scene.call("answerInlineQuery", ["inline_query_id": query, "results": results]).result == true
        )
        let taken = scene.telegram.takeInlineAnswer(query)
        let answer = try #require(taken)
        let posted = try scene.telegram.share(
            user: Scene.ada,
            in: Scene.group,
            bot: Scene.bot,
            answer.results[0],
            query: "te",
            now: scene.now
        )
        let told = try updates(&scene)
        #expect(told.map { $0.entries.map(\.key).last } == ["message", "chosen_inline_result"])
        #expect(told[0]["message"]?["via_bot"]?["username"]?.string == "scene_bot")
        #expect(told[0]["message"]?["game"]?["title"]?.string == "Tetris")
        #expect(
            told[1]["chosen_inline_result"]?["inline_message_id"]?.string
                == scene.telegram.message(posted)?.inlineIdentifier
        )
    }

    @Test(arguments: [
        ("{}", "Bad Request: can't parse inline query results JSON object"),
        (
            "[" + Array(repeating: "{}", count: 51).joined(separator: ",") + "]",
            "Bad Request: too many inline query results specified"
        ),
        (
            #"[{"type":"game","id":"1","game_short_name":"chess"}]"#,
            "Bad Request: wrong game short name specified"
        ),
        (#"[{"type":"game","id":"","game_short_name":"tetris"}]"#, "Bad Request: RESULT_ID_INVALID"),
    ])
    func `answers to inline queries are checked`(results: String, text: String) throws {
        var scene = try Scene()
        let query = try scene.telegram.ask(user: Scene.ada, bot: Scene.bot, in: nil, text: "", now: scene.now)
        let answer = scene.call("answerInlineQuery", ["inline_query_id": query, "results": results])
        #expect(answer.description == text)
    }

    @Test
    func `an upgrade of a group is told by three updates, and the old group refuses writing with a hint`()
        throws
    {
        var scene = try Scene()
        scene.score("5", ["chat_id": "-987654"])
        let before = scene.telegram.chatInstance(bot: Scene.bot, chat: Scene.group)
        let new = try scene.telegram.migrate(Scene.group, by: Scene.ada, now: scene.now)
        guard case .shared(let number) = new else { return }
        let told = try updates(&scene)
        #expect(told.map { $0.entries.map(\.key).last } == ["my_chat_member", "message", "message"])
        #expect(told[0]["my_chat_member"]?["chat"]?["id"]?.int64 == number)
        #expect(told[1]["message"]?["migrate_to_chat_id"]?.int64 == number)
        #expect(told[1]["message"]?["chat"]?["type"]?.string == "group")
        #expect(told[2]["message"]?["migrate_from_chat_id"]?.int64 == -987_654)
        #expect(told[2]["message"]?["message_id"]?.int64 == 1)
        #expect(told[2]["message"]?["sender_chat"]?["id"]?.int64 == number)
        let refused = scene.call("sendGame", ["chat_id": "-987654", "game_short_name": "tetris"])
        #expect(refused.description == "Bad Request: group chat was upgraded to a supergroup chat")
        #expect(refused.migrateTo == number)
        let late = scene.score("9", ["chat_id": "-987654"])
        #expect(late.description == "Bad Request: message to set game score not found")
        #expect(late.migrateTo == nil)
        #expect(scene.scores(new) == [5])
        #expect(scene.telegram.chatInstance(bot: Scene.bot, chat: new) != before)
    }
}
