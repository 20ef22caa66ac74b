import JSON
import Testing

@testable import Simulator

@Suite struct PressTests {
    /// The only queued update of a scene.
    private func update(_ scene: inout Scene) throws -> JSONValue {
        let bodies = scene.updates()
        try #require(bodies.count == 1)
        return try JSON.parse(Array(bodies[0].utf8))
    }

    private func press(_ scene: inout Scene, _ message: MessageAddress, data: String? = nil) throws -> String
    {
        try scene.telegram.press(user: Scene.ada, message, data: data, now: scene.now)
    }

    @Test func `a press on a chat message carries the message and no inline identifier`() throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup)
        let press = try #require(try update(&scene)["callback_query"])
        #expect(press["id"]?.string == query)
        #expect(press["from"]?["id"]?.int64 == Scene.ada)
        #expect(press["message"]?["message_id"]?.int64 == 1)
        #expect(press["message"]?["chat"]?["id"]?.int64 == -1_001_234_567_890)
        #expect(press["game_short_name"]?.string == "tetris")
        #expect(press["data"] == nil)
        #expect(press["inline_message_id"] == nil)
        #expect(press["chat_instance"]?.string.flatMap { Int64($0) } != nil)
    }

    @Test
    func `a press on a forwarded message carries only an inline identifier, and the new chat's instance`()
        throws
    {
        var scene = try Scene()
        let copy = try scene.telegram.forward(
            user: Scene.zoe,
            scene.inSupergroup,
            to: Scene.group,
            now: scene.now
        )
        _ = scene.updates()
        _ = try press(&scene, copy)
        let press = try #require(try update(&scene)["callback_query"])
        #expect(press["message"] == nil)
        let identifier = try #require(press["inline_message_id"]?.string)
        #expect(Identifiers.isInlineMessage(identifier))
        #expect(
            press["chat_instance"]?.string == scene.telegram.chatInstance(bot: Scene.bot, chat: Scene.group)
        )
    }

    @Test
    func
        `in inline mode a message of the bot's own is pressed and scored by an inline identifier that stays`()
        throws
    {
        var scene = try Scene()
        _ = try press(&scene, scene.inSupergroup)
        let before = try #require(try update(&scene)["callback_query"])
        scene.call("setMySettings", ["callback_query_mode": "inline"])
        var identifiers: Set<String> = []
        for _ in 0..<2 {
            _ = try press(&scene, scene.inSupergroup)
            let press = try #require(try update(&scene)["callback_query"])
            #expect(press["message"] == nil)
            #expect(press["chat_instance"]?.string == before["chat_instance"]?.string)
            identifiers.insert(try #require(press["inline_message_id"]?.string))
        }
        try #require(identifiers.count == 1)
        scene.call(
            "setGameScore",
            ["user_id": "5", "score": "7", "inline_message_id": identifiers.first ?? ""]
        )
        #expect(scene.scores() == [7])
        scene.score("9")
        #expect(scene.scores() == [9, 7])
        scene.call("setMySettings", ["callback_query_mode": "default"])
        _ = try press(&scene, scene.inSupergroup)
        #expect(try update(&scene)["callback_query"]?["inline_message_id"] == nil)
    }

    @Test func `in auto mode only a lost message is pressed by an inline identifier`() throws {
        var scene = try Scene()
        scene.call("setMySettings", ["callback_query_mode": "auto"])
        _ = try press(&scene, scene.inSupergroup)
        #expect(try update(&scene)["callback_query"]?["inline_message_id"] == nil)
        try scene.telegram.makeInaccessible(scene.inSupergroup)
        _ = try press(&scene, scene.inSupergroup)
        let press = try #require(try update(&scene)["callback_query"])
        #expect(press["message"] == nil && press["inline_message_id"] != nil)
        #expect(scene.call("setMySettings", ["callback_query_mode": "some"]).status == 400)
    }

    @Test func `a mention where the bot is no member can be answered once with a game`() throws {
        var scene = try Scene()
        let pair = ChatKey.people(Scene.ada, Scene.zoe)
        try scene.telegram.say(user: Scene.ada, in: pair, "a game, @Scene_Bot ?", now: scene.now)
        #expect(scene.updates().isEmpty)
        try scene.telegram.setGuestQueries(true, of: Scene.bot)
        try scene.telegram.say(user: Scene.ada, in: Scene.group, "no guest here, @scene_bot", now: scene.now)
        #expect(scene.updates().isEmpty)
        try scene.telegram.say(user: Scene.ada, in: pair, "a game, @Scene_Bot ?", now: scene.now)
        let mention = try #require(try update(&scene)["guest_message"])
        let answer = [
            "guest_query_id": try #require(mention["guest_query_id"]?.string),
            "result": #"{"type":"game","id":"1","game_short_name":"tetris"}"#,
        ]
        #expect(scene.call("answerGuestQuery", answer).status == 200)
        #expect(scene.call("answerGuestQuery", answer).status == 400)
        _ = try press(&scene, MessageAddress(chat: pair, message: 3))
        let press = try #require(try update(&scene)["callback_query"])
        #expect(press["inline_message_id"] != nil && press["game_short_name"]?.string == "tetris")
    }

    @Test func `inline identifiers come in both lengths`() throws {
        var scene = try Scene()
        var lengths: Set<Int> = []
        for _ in 0..<40 {
            let copy = try scene.telegram.forward(
                user: Scene.zoe,
                scene.inSupergroup,
                to: Scene.group,
                now: 1
            )
            lengths.insert(scene.telegram.message(copy)?.inlineIdentifier?.utf8.count ?? 0)
        }
        #expect(lengths == [27, 32])
    }

    @Test func `a lost message shows its address and the date 0 and nothing else`() throws {
        var scene = try Scene()
        try scene.telegram.makeInaccessible(scene.inSupergroup)
        _ = try press(&scene, scene.inSupergroup)
        let message = try #require(try update(&scene)["callback_query"]?["message"])
        #expect(message.entries.map(\.key).sorted() == ["chat", "date", "message_id"])
        #expect(message["date"]?.int64 == 0)
    }

    @Test func `chat_instance is stable, per chat and per bot`() throws {
        var scene = try Scene()
        let other = try scene.telegram.addBot(token: "8:other", username: "other_bot", name: "Other")
        let values = [
            scene.telegram.chatInstance(bot: Scene.bot, chat: Scene.supergroup),
            scene.telegram.chatInstance(bot: Scene.bot, chat: Scene.group),
            scene.telegram.chatInstance(bot: other, chat: Scene.group),
        ]
        #expect(Set(values).count == 3)
        #expect(try Scene().telegram.chatInstance(bot: Scene.bot, chat: Scene.supergroup) == values[0])
    }

    @Test func `an answer reaches the press once, and the query is used up`() throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup)
        let call = [
            "callback_query_id": query, "url": "https://example.org/#hs=1", "text": "hi", "show_alert": "1",
        ]
        #expect(scene.call("answerCallbackQuery", call).result == true)
        #expect(
            scene.telegram.takePressAnswer(query)
                == PressAnswer(
                    text: "hi",
                    showsAlert: true,
                    url: "https://example.org/#hs=1",
                    cacheSeconds: 0
                )
        )
        #expect(scene.telegram.takePressAnswer(query) == nil)
        #expect(
            scene.call("answerCallbackQuery", call).description
                == "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )
    }

    @Test func `a late answer is refused`() throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup)
        scene.now += 15_000
        #expect(scene.call("answerCallbackQuery", ["callback_query_id": query]).status == 400)
    }

    @Test func `an answer that nobody fetches is forgotten`() throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup)
        scene.call("answerCallbackQuery", ["callback_query_id": query])
        scene.now += 15_000
        _ = try press(&scene, scene.inGroup)
        #expect(scene.telegram.pressAnswers.isEmpty)
        #expect(scene.telegram.queries.count == 1)
    }

    @Test(
        arguments: [
            (["text": String(repeating: "é", count: 200)], nil),
            (["text": String(repeating: "é", count: 201)], "Bad Request: MESSAGE_TOO_LONG"),
            (["url": "ftp://example.org"], "Bad Request: URL_INVALID"),
        ] as [([String: String], String?)]
    )
    func `texts and addresses have their limits`(texts: [String: String], error: String?) throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup)
        let answer = scene.call("answerCallbackQuery", texts.merging(["callback_query_id": query]) { $1 })
        #expect(answer.description == error)
    }

    @Test(arguments: [
        ("https://example.org/", false), ("https://t.me/scene_bot?start=x", true),
        ("t.me/scene_bot?start=x", true),
        ("https://t.me/nobody?start=x", false), ("https://t.me/scene_bot", false),
    ])
    func `a press that starts no game may only open a chat with a bot`(url: String, isAccepted: Bool) throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup, data: "x")
        #expect(try update(&scene)["callback_query"]?["data"]?.string == "x")
        let answer = scene.call("answerCallbackQuery", ["callback_query_id": query, "url": url])
        #expect((answer.status == 200) == isAccepted)
    }

    @Test func `a cached answer is used without asking again while it lasts`() throws {
        var scene = try Scene()
        let query = try press(&scene, scene.inSupergroup)
        _ = scene.updates()
        scene.call("answerCallbackQuery", ["callback_query_id": query, "text": "hi", "cache_time": "10"])
        scene.now += 9_999
        let again = try press(&scene, scene.inSupergroup)
        #expect(scene.telegram.takePressAnswer(again)?.text == "hi")
        #expect(scene.updates().isEmpty)
        scene.now += 1
        _ = try press(&scene, scene.inSupergroup)
        #expect(scene.updates().count == 1)
    }

    @Test func `an update has a line feed after its first comma`() throws {
        var scene = try Scene()
        _ = try press(&scene, scene.inSupergroup)
        let body = try #require(scene.updates().first)
        #expect(body.contains(",\n\"callback_query\":{"))
        #expect(body.firstIndex(of: ",").map { body[body.index(after: $0)] } == "\n")
    }
}
