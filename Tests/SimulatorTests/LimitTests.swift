import Testing

@testable import Simulator

@Suite struct LimitTests {
    @Test func `nothing is limited unless it is switched on`() throws {
        var scene = try Scene()
        for score in 1...50 { #expect(scene.score("\(score)").status == 200) }
    }

    @Test func `a chat takes one call a second, whichever message it is for`() throws {
        var scene = try Scene()
        let copy = try scene.telegram.forward(
            user: Scene.ada,
            scene.inGroup,
            to: Scene.supergroup,
            now: scene.now
        )
        let identifier = try #require(scene.telegram.message(copy)?.inlineIdentifier)
        scene.telegram.limits.isOn = true
        #expect(scene.score("1").status == 200)
        let inline = ["user_id": "5", "score": "2", "inline_message_id": identifier]
        let refused = scene.call("setGameScore", inline)
        #expect(refused.status == 429)
        #expect(refused.retryAfter == 1)
        #expect(refused.description == "Too Many Requests: retry after 1")
        #expect(scene.score("1", ["chat_id": "-987654"]).status == 200)
        scene.now += 1_000
        #expect(scene.call("setGameScore", inline).status == 200)
    }

    @Test func `a group takes twenty calls a minute`() throws {
        var scene = try Scene()
        scene.telegram.limits.isOn = true
        for score in 1...20 {
            #expect(scene.score("\(score)").status == 200)
            scene.now += 1_000
        }
        #expect(scene.score("21").retryAfter == 40)
        scene.now += 40_000
        #expect(scene.score("21").status == 200)
    }

    @Test func `a bot makes thirty calls a second over all chats`() throws {
        var scene = try Scene()
        for user in 1...31 {
            scene.telegram.addUser(SimulatedUser(id: Int64(user), firstName: "P"))
            try scene.telegram.say(
                user: Int64(user),
                in: .bot(Scene.bot, user: Int64(user)),
                "/start",
                now: scene.now
            )
        }
        scene.telegram.limits.isOn = true
        let answers = (1...31).map { scene.call("sendMessage", ["chat_id": "\($0)", "text": "x"]).status }
        #expect(answers == Array(repeating: 200, count: 30) + [429])
    }
}
