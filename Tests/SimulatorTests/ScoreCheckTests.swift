import Testing

@testable import Simulator

/// What `setGameScore` checks, in its order, with Telegram's texts.
@Suite struct ScoreCheckTests {
    private static let inline27 = "BAAAAG8aAwBmgvgD11qQi2LrhC8"
    private static let inline32 = "AAAAAG8aAwBmgvgD11qQi2LrhC8AAAAA"

    @Test(
        arguments: [
            (["user_id": "0"], "invalid user_id specified"),
            (["user_id": "abc", "chat_id": "1"], "invalid user_id specified"),
            (["user_id": "-5"], "invalid user_id specified"),
            (["user_id": "5"], "message identifier is not specified"),
            (["user_id": "5", "inline_message_id": "x"], "invalid inline message identifier specified"),
            (["user_id": "5", "inline_message_id": "null"], "invalid inline message identifier specified"),
            (["user_id": "5", "inline_message_id": inline27], "MESSAGE_ID_INVALID"),
            (["user_id": "5", "inline_message_id": inline32], "MESSAGE_ID_INVALID"),
            (["user_id": "5", "message_id": "1"], "chat_id is empty"),
            (["user_id": "5", "message_id": "1", "inline_message_id": inline27], "chat_id is empty"),
            (["user_id": "5", "chat_id": "null", "inline_message_id": inline27], "chat not found"),
            (["user_id": "5", "chat_id": "null", "message_id": "1"], "chat not found"),
            (["user_id": "5", "chat_id": "-1"], "chat not found"),
            (["user_id": "5", "chat_id": "-1001234567890"], "message to set game score not found"),
            (
                ["user_id": "5", "chat_id": "-1001234567890", "message_id": "-1"],
                "message to set game score not found"
            ),
            (
                ["user_id": "5", "chat_id": "-1001234567890", "message_id": "99"],
                "message to set game score not found"
            ),
            (["user_id": "5", "chat_id": "-1001234567890", "message_id": "2"], "game score can't be set"),
            (["user_id": "5", "chat_id": "-1001234567890", "message_id": "3"], "game score can't be set"),
        ] as [([String: String], String)]
    )
    func `each check has its text`(texts: [String: String], text: String) throws {
        var scene = try Scene()
        // Message 2 is a text of the bot, message 3 a person's.
        scene.call("sendMessage", ["chat_id": "-1001234567890", "text": "hello"])
        try scene.telegram.say(user: Scene.ada, in: Scene.supergroup, "hello", now: scene.now)
        let answer = scene.call("setGameScore", texts.merging(["score": "1"]) { $1 })
        #expect(answer.status == 400)
        #expect(answer.description == "Bad Request: \(text)")
    }

    @Test(arguments: [
        (Membership.kicked, Scene.supergroup, "Forbidden: bot was kicked from the supergroup chat"),
        (.left, Scene.supergroup, "Forbidden: bot is not a member of the supergroup chat"),
        (.kicked, Scene.group, "Forbidden: bot was kicked from the group chat"),
        (.left, Scene.group, "Forbidden: bot is not a member of the group chat"),
    ])
    func `a bot that is out is forbidden`(membership: Membership, chat: ChatKey, text: String) throws {
        var scene = try Scene()
        try scene.telegram.setMembership(membership, of: Scene.bot, in: chat, by: Scene.ada, now: scene.now)
        let answer = scene.score("1", ["chat_id": chat.text])
        #expect(answer.status == 403)
        #expect(answer.description == text)
    }

    @Test func `a restricted bot has no write access, a deleted group is gone, a deactivated user too`()
        throws
    {
        var scene = try Scene()
        try scene.telegram.setMembership(
            .restricted,
            of: Scene.bot,
            in: Scene.supergroup,
            by: Scene.ada,
            now: scene.now
        )
        #expect(scene.score("1").description == "Bad Request: have no write access to the chat")
        try scene.telegram.deleteChat(Scene.group)
        #expect(
            scene.score("1", ["chat_id": "-987654"]).description == "Forbidden: the group chat was deleted"
        )
        try scene.telegram.say(
            user: Scene.zoe,
            in: .bot(Scene.bot, user: Scene.zoe),
            "/start",
            now: scene.now
        )
        scene.telegram.users[Scene.zoe]?.isDeactivated = true
        #expect(
            scene.score("1", ["chat_id": "\(Scene.zoe)"]).description == "Forbidden: user is deactivated"
        )
    }

    @Test func `a message of the bot's inline mode passes by chat id in a supergroup only`() throws {
        var scene = try Scene()
        for (chat, isAccepted) in [(Scene.supergroup, true), (Scene.group, false)] {
            let copy = try scene.telegram.forward(user: Scene.ada, scene.inGroup, to: chat, now: scene.now)
            let answer = scene.score("3", ["chat_id": chat.text, "message_id": "\(copy.message)"])
            #expect((answer.status == 200) == isAccepted)
        }
    }

    @Test func `another bot's game is out of reach either way`() throws {
        var scene = try Scene()
        let other = try scene.telegram.addBot(token: "8:other", username: "other_bot", name: "Other")
        try scene.telegram.setMembership(
            .member,
            of: other,
            in: Scene.supergroup,
            by: Scene.ada,
            now: scene.now
        )
        let copy = try scene.telegram.forward(
            user: Scene.ada,
            scene.inGroup,
            to: Scene.supergroup,
            now: scene.now
        )
        let identifier = try #require(scene.telegram.message(copy)?.inlineIdentifier)
        var byChat = CallParameters()
        byChat.add(form: "user_id=5&score=1&chat_id=-1001234567890&message_id=1")
        var inline = CallParameters()
        inline.add(form: "user_id=5&score=1&inline_message_id=\(identifier)")
        #expect(
            scene.telegram.call("setGameScore", by: other, byChat, now: scene.now).description
                == "Bad Request: game score can't be set"
        )
        #expect(
            scene.telegram.call("setGameScore", by: other, inline, now: scene.now).description
                == "Bad Request: MESSAGE_ID_INVALID"
        )
    }

    @Test func `a message that is gone or that the server has lost is not found`() throws {
        var scene = try Scene()
        try scene.telegram.makeInaccessible(scene.inSupergroup)
        #expect(scene.score("1").description == "Bad Request: message to set game score not found")
        try scene.telegram.delete(scene.inGroup)
        #expect(
            scene.score("1", ["chat_id": "-987654"]).description
                == "Bad Request: message to set game score not found"
        )
    }
}
