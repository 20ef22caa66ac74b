import Testing

@testable import Simulator

@Suite struct ScoreTests {
    @Test(
        arguments: [
            ("2147483647", 2_147_483_647), ("4294967297", 1), ("12.7", 12), ("1e3", 1), ("007", 7),
        ] as [(String, Int64)]
    )
    func `a score is read up to the first character that is no digit, and wraps`(text: String, stored: Int64)
        throws
    {
        var scene = try Scene()
        #expect(scene.score(text).status == 200)
        #expect(scene.scores() == [stored])
    }

    @Test(arguments: ["", "null", "abc", "+5", " 5", "4294967296", "0", "-0"])
    func `what reads as 0 is no better than no score`(text: String) throws {
        var scene = try Scene()
        #expect(scene.score(text).description == "Bad Request: BOT_SCORE_NOT_MODIFIED")
        #expect(scene.scores() == [])
    }

    @Test(arguments: ["2147483648", "4294967295", "-1"])
    func `a score that wraps below 0 is invalid`(text: String) throws {
        var scene = try Scene()
        #expect(scene.score(text).description == "Bad Request: SCORE_INVALID")
    }

    @Test func `an equal or lower score is not modified`() throws {
        var scene = try Scene()
        #expect(scene.score("10").status == 200)
        #expect(scene.score("10").description == "Bad Request: BOT_SCORE_NOT_MODIFIED")
        #expect(scene.score("9").status == 400)
        #expect(scene.score("11").status == 200)
        #expect(scene.scores() == [11])
    }

    @Test(
        arguments: [("true", 5), ("True ", 5), ("YES", 5), ("1", 5), ("on", 10), ("false", 10), ("0", 10)]
            as [(String, Int64)]
    )
    func `force lowers a score when it reads as true`(force: String, stored: Int64) throws {
        var scene = try Scene()
        scene.score("10")
        scene.score("5", ["force": force])
        #expect(scene.scores() == [stored])
    }

    @Test func `force with 0 takes the player off the table`() throws {
        var scene = try Scene()
        scene.score("10")
        scene.score("20", of: Scene.zoe)
        #expect(scene.score("0", ["force": "true"]).status == 200)
        #expect(
            scene.telegram.scoreboard(of: Scene.tetris, in: Scene.supergroup).rows.map(\.user) == [Scene.zoe]
        )
        #expect(scene.telegram.text(of: scene.inSupergroup) == "1. Zoë Q – 20")
    }

    @Test func `all messages of a game in a chat share a table, another game and another chat do not`() throws
    {
        var scene = try Scene()
        scene.call("sendGame", ["chat_id": "-1001234567890", "game_short_name": "tetris"])
        scene.call("sendGame", ["chat_id": "-1001234567890", "game_short_name": "snake"])
        #expect(scene.score("10").status == 200)
        #expect(scene.score("9", ["message_id": "2"]).status == 400)
        #expect(scene.score("9", ["message_id": "3"]).status == 200)
        #expect(scene.score("9", ["chat_id": "-987654"]).status == 200)
        #expect(scene.scores() == [10])
        #expect(scene.scores(Scene.group) == [9])
    }

    @Test func `the message shows the three highest, the earlier first among equals`() throws {
        var scene = try Scene()
        for (user, score) in [(1, "5"), (2, "7"), (3, "7"), (4, "9")] {
            scene.telegram.addUser(SimulatedUser(id: Int64(user), firstName: "P\(user)"))
            scene.score(score, of: Int64(user))
        }
        #expect(scene.telegram.text(of: scene.inSupergroup) == "1. P4 – 9\n2. P2 – 7\n3. P3 – 7")
    }

    @Test(
        arguments: [
            (["disable_edit_message": "true"], false), (["disable_edit_message": "false"], true),
            (["edit_message": "false"], false), (["edit_message": "true"], true), ([:], true),
            (["edit_message": "true", "disable_edit_message": "true"], false),
        ] as [([String: String], Bool)]
    )
    func `the scoreboard and the service message depend on the edit flags`(
        flags: [String: String],
        isShown: Bool
    ) throws {
        var scene = try Scene()
        #expect(scene.score("10", flags).status == 200)
        #expect((scene.telegram.text(of: scene.inSupergroup) != nil) == isShown)
        #expect(scene.telegram.chats[Scene.supergroup]?.messages.count == (isShown ? 2 : 1))
        #expect(scene.updates().isEmpty)
    }

    @Test func `the chat path returns the message, the inline path true`() throws {
        var scene = try Scene()
        #expect(scene.score("10").result?["game"]?["text"]?.text == "1. Ada – 10")
        let copy = try scene.telegram.forward(
            user: Scene.ada,
            scene.inSupergroup,
            to: Scene.group,
            now: scene.now
        )
        let identifier = try #require(scene.telegram.message(copy)?.inlineIdentifier)
        let answer = scene.call(
            "setGameScore",
            ["user_id": "\(Scene.ada)", "score": "4", "inline_message_id": identifier]
        )
        #expect(answer.result == true)
        #expect(scene.scores(Scene.group) == [4])
        #expect(scene.telegram.text(of: copy) == "1. Ada – 4")
    }

    @Test func `the high scores are the player, two neighbours on each side and the top three`() throws {
        var scene = try Scene()
        for user in 1...12 { scene.score("\(100 - user)", of: Int64(user)) }
        let answer = scene.call(
            "getGameHighScores",
            ["user_id": "8", "chat_id": "-1001234567890", "message_id": "1"]
        )
        guard case .array(let rows) = answer.result else {
            Issue.record("no rows")
            return
        }
        #expect(rows.map { $0["position"]?.number } == [1, 2, 3, 6, 7, 8, 9, 10])
        #expect(rows.first?["score"]?.number == 99)
        #expect(rows.first?["user"]?["id"]?.number == 1)
    }
}
