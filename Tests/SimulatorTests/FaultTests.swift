import Curl
import JSON
import Testing

@testable import Simulator

/// What faults do to calls over HTTP.
@Suite struct FaultTests {
    private static let table = GameName(bot: Scene.bot, shortName: "tetris")

    private static func score(_ scene: LiveScene, _ score: Int, in chat: ChatKey = Scene.supergroup)
        async throws
        -> JSONValue
    {
        try await scene.call(
            "setGameScore",
            #"{"user_id":\#(Scene.ada),"score":\#(score),"chat_id":\#(chat.text),"message_id":1}"#
        )
    }

    private static func held(_ scene: LiveScene) -> [Int64] {
        scene.simulator.scoreboard(of: table, in: Scene.supergroup).map(\.score)
    }

    @Test(arguments: [("lose_call", [Int64]()), ("hang", []), ("lose_answer", [9]), ("hang_answer", [9])])
    func `a call without an answer has been done or not, and stands in the log`(way: String, done: [Int64])
        async throws
    {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore: \(way)"))
            let path = "/bot\(Scene.token)/setGameScore"
            let body = #"{"user_id":\#(Scene.ada),"score":9,"chat_id":-1001234567890,"message_id":1}"#
            let request = CurlRequest(
                method: .post,
                url: scene.base + path,
                headers: [(name: "Content-Type", value: "application/json")],
                body: Array(body.utf8)
            )
            let task = Task { try await scene.client.send(request, timeout: .seconds(60)) }
            _ = await scene.simulator.waitForCalls { $0.last?.method == "setGameScore" ? true : nil }
            if way.hasPrefix("hang") { task.cancel() }
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(Self.held(scene) == done)
            let call = scene.simulator.calls.last
            #expect(call?.method == "setGameScore")
            #expect(call?.status == (done.isEmpty ? 0 : 200))
        }
    }

    @Test func `an answer that is garbled or late belongs to a call that was done`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(
                try Fault.parse("first 1 of setGameScore: garble; first 1 of setGameScore: delay 5ms")
            )
            await #expect(throws: (any Error).self) { try await Self.score(scene, 3) }
            #expect(Self.held(scene) == [3])
            #expect(try await Self.score(scene, 4)["ok"]?.bool == true)
            #expect(Self.held(scene) == [4])
            // The late one is one call, which arrived before its answer.
            #expect(scene.simulator.calls.filter { $0.method == "setGameScore" }.map(\.status) == [200, 200])
        }
    }

    @Test func `a slow call is done although nobody waits for its answer any more`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore: delay 200ms"))
            let task = Task { try await Self.score(scene, 9) }
            _ = await scene.simulator.waitForCalls { $0.last?.method == "setGameScore" ? true : nil }
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            let isDone = await scene.simulator.wait { _ in Self.held(scene) == [9] ? true : nil }
            #expect(isDone == true)
        }
    }

    @Test func `a message can be gone when its score comes`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore: delete_message"))
            let answer = try await Self.score(scene, 3)
            #expect(answer["description"]?.string == "Bad Request: message to set game score not found")
        }
    }

    @Test func `a kicked bot comes back after its time`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore: kick 20ms"))
            let answer = try await Self.score(scene, 3)
            #expect(answer["description"]?.string == "Forbidden: bot was kicked from the supergroup chat")
            let isBack = await scene.simulator.wait {
                $0.chats[Scene.supergroup]?.activeBots == [Scene.bot] ? true : nil
            }
            #expect(isBack == true)
            #expect(try await Self.score(scene, 3)["ok"]?.bool == true)
            let updates = try await scene.call("getUpdates", #"{"timeout":0}"#)["result"]
            #expect(updates?.elements.count { $0["my_chat_member"] != nil } == 2)
        }
    }

    @Test func `a bot that was kicked out of a group comes back to its supergroup`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore: kick 10m"))
            _ = try await Self.score(scene, 3, in: Scene.group)
            let new = try scene.simulator.change { telegram, now throws(SimulationError) in
                try telegram.migrate(Scene.group, by: Scene.ada, now: now)
            }
            #expect(scene.simulator.read { $0.chats[new]?.activeBots } == [])
            scene.simulator.clearFaults()
            #expect(scene.simulator.read { $0.chats[new]?.activeBots } == [Scene.bot])
        }
    }

    @Test func `a group can be upgraded by a call, and its messages are gone`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("all in -987654: migrate"))
            #expect(try await Self.score(scene, 3)["ok"]?.bool == true)
            let answer = try await Self.score(scene, 3, in: Scene.group)
            #expect(answer["description"]?.string == "Bad Request: message to set game score not found")
            #expect(scene.simulator.read { $0.chats[Scene.group]?.migratedTo } != nil)
        }
    }

    @Test func `a revoked token is refused for every method, until its time is over or faults are cleared`()
        async throws
    {
        try await LiveScene.with { scene in
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore: revoke 10m"))
            #expect(try await Self.score(scene, 3)["error_code"]?.int64 == 401)
            #expect(try await scene.call("getMe")["error_code"]?.int64 == 401)
            #expect(Array(scene.simulator.calls.suffix(2)).map(\.status) == [401, 401])
            scene.simulator.clearFaults()
            #expect(try await scene.call("getMe")["ok"]?.bool == true)
            scene.simulator.plan(try Fault.parse("first 1 of getMe: revoke"))
            #expect(try await scene.call("getMe")["error_code"]?.int64 == 401)
            scene.simulator.clearFaults()
            #expect(try await scene.call("getMe")["error_code"]?.int64 == 401)
            scene.simulator.setRevoked(false, bot: Scene.bot)
            #expect(try await scene.call("getMe")["ok"]?.bool == true)
        }
    }

    @Test func `an inline message is of its chat`() async throws {
        try await LiveScene.with { scene in
            let forwarded = try scene.simulator.change { telegram, now throws(SimulationError) in
                try telegram.forward(
                    user: Scene.ada,
                    MessageAddress(chat: Scene.supergroup, message: 1),
                    to: Scene.group,
                    now: now
                )
            }
            let id = try #require(scene.simulator.read { $0.message(forwarded)?.inlineIdentifier })
            scene.simulator.plan(try Fault.parse("first 1 of setGameScore in -987654: 503"))
            let body = #"{"user_id":\#(Scene.ada),"score":9,"inline_message_id":"\#(id)"}"#
            #expect(
                try await scene.send(.post, "/bot\(Scene.token)/setGameScore", json: body).status == 503
            )
        }
    }

    @Test func `faults are planned, seen and cleared over HTTP`() async throws {
        try await LiveScene.with { scene in
            func send(_ method: CurlRequest.Method, _ json: String? = nil) async throws -> JSONValue {
                try JSON.parse(try await scene.send(method, "/simulator/faults", json: json).body)
            }
            #expect(
                try await send(.post, #"{"rule":"first 2 of getMe: 502; 5% of all: any"}"#)["planned"]?.int64
                    == 2
            )
            #expect(try await send(.post, #"{"behaviour":"hang","chat":"-5"}"#)["planned"]?.int64 == 1)
            let planned = try await send(.get)["faults"]?.elements.map(\.self) ?? []
            #expect(planned.map { $0["percent"]?.int64 } == [100, 5, 100])
            #expect(planned.map { $0["remaining"]?.int64 } == [2, nil, 1])
            #expect(planned.last?["chat"]?.string == "-5")
            let wrong = try await scene.send(.post, "/simulator/faults", json: #"{"rule":"getMe: fail"}"#)
            #expect(wrong.status == 400)
            let text = String(decoding: wrong.body, as: UTF8.self)
            #expect(text.contains("'fail' is no way to go wrong") && text.contains("for example"))
            _ = try await send(.delete)
            #expect(try await send(.get)["faults"]?.elements.count == 0)
            let token = #"{"bot":\#(Scene.bot),"revoked":true}"#
            _ = try await scene.send(.post, "/simulator/tokens", json: token)
            #expect(try await scene.call("getMe")["error_code"]?.int64 == 401)
        }
    }

    @Test func `calls are recorded with when they came, by both clocks`() async throws {
        try await LiveScene.with { scene in
            let before = (SimulatorClock.system.now(), SimulatorClock.system.elapsed())
            _ = try await scene.call("getMe")
            _ = try await scene.call("getMe")
            let calls = Array(scene.simulator.calls.suffix(2))
            let after = (SimulatorClock.system.now(), SimulatorClock.system.elapsed())
            try #require(calls.count == 2)
            #expect(before.0 <= calls[0].time && calls[1].time <= after.0)
            #expect(before.1 <= calls[0].elapsed && calls[0].elapsed < calls[1].elapsed)
            #expect(calls[1].elapsed <= after.1)
        }
    }
}
