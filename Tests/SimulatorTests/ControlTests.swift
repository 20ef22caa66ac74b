import Curl
import JSON
import Testing

@testable import Simulator

/// The routes under `/simulator`, as a test in another language uses them.
@Suite struct ControlTests {
    @Test func `a whole simulation can be built and played over HTTP`() async throws {
        try await LiveScene.with(isPopulated: false) { scene in
            func post(_ route: String, _ json: String) async throws -> JSONValue {
                let response = try await scene.send(.post, "/simulator/\(route)", json: json)
                #expect(response.status == 200, "\(route): \(String(decoding: response.body, as: UTF8.self))")
                return try JSON.parse(response.body)
            }
            _ = try await post("bots", #"{"token":"7000000001:scene","username":"b","name":"B"}"#)
            _ = try await post("games", #"{"bot":7000000001,"short_name":"tetris","title":"Tetris"}"#)
            _ = try await post("users", #"{"id":5,"first_name":"Ada"}"#)
            let chat = try await post(
                "chats",
                #"{"kind":"group","title":"G","users":[5],"bots":[7000000001]}"#
            )["chat"]?.string
            let key = try #require(chat)
            let sent = try await scene.call("sendGame", #"{"chat_id":\#(key),"game_short_name":"tetris"}"#)
            let number = try #require(sent["result"]?["message_id"]?.int64)
            async let press = post("presses", #"{"chat":"\#(key)","message_id":\#(number),"user":5}"#)
            let updates = try await scene.call("getUpdates", #"{"timeout":50}"#)["result"]
            let query = try #require(updates?.elements.first { _ in true }?["callback_query"]?["id"]?.string)
            _ = try await scene.call(
                "answerCallbackQuery",
                #"{"callback_query_id":"\#(query)","text":"hi","show_alert":true}"#
            )
            let answer = try await press
            #expect(answer["text"]?.string == "hi")
            #expect(answer["show_alert"]?.bool == true)
            #expect(answer["url"] == nil)
            _ = try await scene.call(
                "setGameScore",
                #"{"user_id":5,"score":8,"chat_id":\#(key),"message_id":\#(number)}"#
            )
            let board = try await scene.send(
                .get,
                "/simulator/scoreboard?chat=\(key)&bot=7000000001&game=tetris"
            )
            #expect(try JSON.parse(board.body)["scores"]?.elements.map { $0["score"]?.int64 } == [8])
            let calls = try await scene.send(.get, "/simulator/calls?method=setGameScore")
            #expect(try JSON.parse(calls.body)["calls"]?.elements.count == 1)
            let copy = try await post(
                "forwards",
                #"{"chat":"\#(key)","message_id":\#(number),"user":5,"to":"7000000001:5"}"#
            )
            #expect(copy["inline_message_id"]?.string != nil)
            let moved = try await post("migrations", #"{"chat":"\#(key)","user":5}"#)
            #expect(moved["chat"]?.string?.hasPrefix("-100") == true)
            _ = try await post("reset", "{}")
            #expect(scene.simulator.read { $0.bots.isEmpty })
        }
    }

    @Test(arguments: [
        ("POST", "presses", #"{"chat":"-987654","message_id":77,"user":5000000001}"#, 404),
        ("POST", "presses", #"{"chat":"x","message_id":1,"user":5000000001}"#, 400),
        ("POST", "presses", #"{"chat":"-987654"}"#, 400), ("POST", "presses", "[1]", 400),
        ("POST", "bots", #"{"token":"x","username":"b"}"#, 400),
        ("POST", "messages", #"{"chat":"-987654","user":1,"text":"x"}"#, 404),
        ("POST", "migrations", #"{"chat":"-1001234567890","user":5000000001}"#, 400),
        ("POST", "nothing", "{}", 404), ("GET", "presses", "", 404),
    ])
    func `what cannot be done is said`(method: String, route: String, json: String, status: Int) async throws
    {
        try await LiveScene.with { scene in
            let response = try await scene.send(
                CurlRequest.Method(rawValue: method),
                "/simulator/\(route)",
                json: json.isEmpty ? nil : json
            )
            #expect(response.status == status)
            #expect(try JSON.parse(response.body)["error"]?.string?.isEmpty == false)
        }
    }

    @Test func `the state waits for a newer version and holds no secret`() async throws {
        try await LiveScene.with { scene in
            let version = scene.simulator.read { $0.version }
            async let newer = scene.send(.get, "/simulator/state?after=\(version)&timeout=40")
            try scene.simulator.say(user: Scene.ada, in: Scene.group, "hello")
            let response = try await newer
            let state = try JSON.parse(response.body)
            #expect(state["version"]?.int64 ?? 0 > Int64(version))
            #expect(!String(decoding: response.body, as: UTF8.self).contains(Scene.token))
        }
    }

    @Test(arguments: ["/", "/game"])
    func `pages are served whole`(path: String) async throws {
        try await LiveScene.with { scene in
            let response = try await scene.send(.get, path)
            #expect(response.status == 200)
            #expect(response.headers["Content-Type"] == "text/html; charset=utf-8")
        }
    }
}
