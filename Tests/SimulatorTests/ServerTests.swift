import Curl
import JSON
import Testing

@testable import Simulator

@Suite struct ServerTests {
    @Test(
        arguments: [
            ("/bot\(Scene.token)/getMe", 200, nil), ("/bot\(Scene.token)/GETME", 200, nil),
            ("/bot\(Scene.token)/test/getMe", 200, nil), ("/bot7000000001%3Ascene/getMe", 200, nil),
            ("/bot\(Scene.token)/getNothing", 404, "Not Found: method not found"),
            ("/bot\(Scene.token)/", 404, "Not Found: method not found"),
            ("/bot7000000001:wrong/getMe", 401, "Unauthorized"), ("/bot9:x/getMe", 401, "Unauthorized"),
            ("/botnonsense/getMe", 401, "Unauthorized: invalid token specified"),
            ("/elsewhere", 404, "Not Found"),
        ] as [(String, Int, String?)]
    )
    func `paths lead to methods, or to the right failure`(path: String, status: Int, text: String?)
        async throws
    {
        try await LiveScene.with { scene in
            let response = try await scene.send(.get, path)
            let envelope = try JSON.parse(response.body)
            #expect(response.status == status)
            #expect(envelope["ok"]?.bool == (status == 200))
            #expect(envelope["description"]?.string == text)
            #expect(envelope["error_code"]?.int64 == (status == 200 ? nil : Int64(status)))
        }
    }

    @Test func `parameters come by query, form and JSON`() async throws {
        try await LiveScene.with { scene in
            let target = "user_id=5&chat_id=-1001234567890&message_id=1"
            let method = "/bot\(Scene.token)/setGameScore"
            let json = #"{"user_id":"5","chat_id":-1001234567890,"message_id":1,"score":3}"#
            let statuses = [
                try await scene.send(.get, "\(method)?\(target)&score=1").status,
                try await scene.send(.post, method, form: "\(target)&score=2").status,
                try await scene.send(.post, method, json: json).status,
                try await scene.send(.post, method, json: "{").status,
            ]
            #expect(statuses == [200, 200, 200, 400])
            #expect(scene.simulator.scoreboard(of: Scene.tetris, in: Scene.supergroup).map(\.score) == [3])
        }
    }

    @Test func `more than a mebibyte of parameters is too much`() async throws {
        try await LiveScene.with { scene in
            let body = "{\"text\":\"" + String(repeating: "x", count: 1 << 20) + "\"}"
            let response = try await scene.send(.post, "/bot\(Scene.token)/sendMessage", json: body)
            #expect(response.status == 413)
        }
    }

    @Test(arguments: [
        ("Origin", "https://evil.example", 403), ("Origin", "null", 403),
        ("Origin", "http://127.0.0.1:1", 403),
        ("Host", "evil.example", 403), ("Host", "127.0.0.1.evil.example", 403),
        ("Host", "localhost.evil.example:80", 403),
        ("Sec-Fetch-Site", "cross-site", 403), ("Sec-Fetch-Site", "same-site", 403),
        ("Sec-Fetch-Site", "same-origin", 200), ("Sec-Fetch-Site", "none", 200), ("Host", "localhost", 200),
        ("Host", "[::1]:80", 200), ("Host", "10.0.0.7", 200),
    ])
    func `pages of other origins cannot act in it`(name: String, value: String, status: Int) async throws {
        try await LiveScene.with { scene in
            let text = #"{"chat":"-1001234567890","user":\#(Scene.ada),"text":"hello"}"#
            for (path, json) in [("/bot\(Scene.token)/getMe", "{}"), ("/simulator/messages", text)] {
                let before = scene.simulator.read { $0.version }
                let response = try await scene.send(
                    .post,
                    path,
                    json: json,
                    headers: [(name: name, value: value)]
                )
                #expect(response.status == status)
                if status == 403 { #expect(scene.simulator.read { $0.version } == before) }
            }
        }
    }

    @Test func `its own pages act in it, and are opened from anywhere by its own names only`() async throws {
        try await LiveScene.with { scene in
            let own = [(name: "Origin", value: scene.base), (name: "Sec-Fetch-Site", value: "same-origin")]
            #expect(try await scene.send(.get, "/simulator/state", headers: own).status == 200)
            for path in ["/", "/game", "/sdk/highscores.js"] {
                let site = [(name: "Sec-Fetch-Site", value: "cross-site")]
                let page = try await scene.send(.get, path, headers: site)
                #expect(page.status == 200)
                #expect(page.headers["X-Content-Type-Options"] == "nosniff")
                #expect((page.headers["Content-Security-Policy"] != nil) == !path.hasPrefix("/sdk"))
                let named = [(name: "Host", value: "rebound.example")]
                #expect(try await scene.send(.get, path, headers: named).status == 403)
            }
        }
    }

    @Test func `429 has its seconds in the envelope and in a header`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(Fault("setGameScore", .refuse(.tooMany(retryAfter: 7))))
            let response = try await scene.send(.post, "/bot\(Scene.token)/setgamescore", json: "{}")
            #expect(response.status == 429)
            #expect(response.headers["Retry-After"] == "7")
            #expect(try JSON.parse(response.body)["parameters"]?["retry_after"]?.int64 == 7)
        }
    }

    @Test func `faults spoil the calls they are planned for, and then no more`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(
                Fault("sendMessage", .respond(status: 502, contentType: "text/html", body: "<html>")),
                Fault("sendMessage", .loseCall),
                Fault("sendMessage", .loseAnswer)
            )
            let message = #"{"chat_id":-987654,"text":"hello"}"#
            let path = "/bot\(Scene.token)/sendMessage"
            #expect(try await scene.call("getMe")["ok"]?.bool == true)
            let page = try await scene.send(.post, path, json: message)
            #expect(page.status == 502)
            #expect(page.body == Array("<html>".utf8))
            await #expect(throws: CurlError.self) { try await scene.send(.post, path, json: message) }
            #expect(scene.simulator.read { $0.chats[Scene.group]?.messages.count } == 1)
            await #expect(throws: CurlError.self) { try await scene.send(.post, path, json: message) }
            #expect(scene.simulator.read { $0.chats[Scene.group]?.messages.count } == 2)
            #expect(try await scene.call("sendMessage", message)["ok"]?.bool == true)
            #expect(
                scene.simulator.calls.filter { $0.method == "sendMessage" }.map(\.status) == [
                    502, 0, 200, 200,
                ]
            )
        }
    }

    @Test func `a long poll ends with the update that it waited for`() async throws {
        try await LiveScene.with { scene in
            async let polled = scene.call("getUpdates", #"{"timeout":50}"#)
            _ = await scene.simulator.wait { $0.bots[Scene.bot]?.pollGeneration == 1 ? true : nil }
            try scene.simulator.say(user: Scene.ada, in: Scene.group, "/play")
            let updates = try await polled["result"]
            #expect(updates?.elements.count == 1)
        }
    }

    @Test func `a second poll ends the first`() async throws {
        try await LiveScene.with { scene in
            async let first = scene.call("getUpdates", #"{"timeout":50}"#)
            _ = await scene.simulator.wait { $0.bots[Scene.bot]?.pollGeneration == 1 ? true : nil }
            let second = try await scene.call("getUpdates", #"{"timeout":0}"#)
            #expect(second["ok"]?.bool == true)
            let text = try await first["description"]?.string
            #expect(
                text
                    == "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        }
    }

    @Test func `setting a webhook ends a poll, and polling is refused from then on`() async throws {
        let deliveries = Deliveries()
        try await LiveScene.with(sender: deliveries.sender) { scene in
            async let first = scene.call("getUpdates", #"{"timeout":50}"#)
            _ = await scene.simulator.wait { $0.bots[Scene.bot]?.pollGeneration == 1 ? true : nil }
            _ = try await scene.call("setWebhook", #"{"url":"http://127.0.0.1:9/hook"}"#)
            #expect(try await first["description"]?.string == "Conflict: terminated by setWebhook request")
            let refused = try await scene.call("getUpdates")
            #expect(refused["error_code"]?.int64 == 409)
            #expect(
                refused["description"]?.string?.hasPrefix("Conflict: can't use getUpdates method") == true
            )
        }
    }

    @Test func `a stopping server lets polls go`() async throws {
        let polled = try await LiveScene.with { scene in
            let task = Task { try await scene.call("getUpdates", #"{"timeout":50}"#) }
            _ = await scene.simulator.wait { $0.bots[Scene.bot]?.pollGeneration == 1 ? true : nil }
            try await scene.simulator.stop()
            return try await task.value["description"]?.string
        }
        #expect(polled == "Internal Server Error: restart")
    }

    @Test func `a press goes to the webhook with its secret, and the call in the reply answers it`()
        async throws
    {
        let answering: WebhookSender = { delivery in
            let id = (try? JSON.parse(delivery.body))?["callback_query"]?["id"]?.string ?? ""
            let call =
                #"{"method":"answerCallbackQuery","callback_query_id":"\#(id)","url":"https://example.org/#hs=\#(delivery.secret ?? "")"}"#
            return .response(
                status: 200,
                reason: "OK",
                retryAfter: nil,
                contentType: "application/json",
                body: Array(call.utf8)
            )
        }
        try await LiveScene.with(sender: answering) { scene in
            _ = try await scene.call("setWebhook", #"{"url":"http://127.0.0.1:9/hook","secret_token":"s3"}"#)
            let message = MessageAddress(chat: Scene.supergroup, message: 1)
            let answer = try await scene.simulator.press(user: Scene.ada, message)
            #expect(answer.url == "https://example.org/#hs=s3")
            #expect(scene.simulator.calls.last?.isWebhookReply == true)
        }
    }

    @Test func `a failed delivery is made again with the same number`() async throws {
        let deliveries = Deliveries(replies: .timedOut)
        try await LiveScene.with(sender: deliveries.sender) { scene in
            _ = try await scene.call("setWebhook", #"{"url":"http://127.0.0.1:9/hook"}"#)
            try scene.simulator.say(user: Scene.ada, in: Scene.group, "/play")
            let isEmpty = await scene.simulator.wait {
                $0.bots[Scene.bot]?.queue.entries.isEmpty == true ? true : nil
            }
            #expect(isEmpty == true)
            #expect(Set(deliveries.made.map(\.number)).count == 1)
            #expect(deliveries.made.count == 2)
            let info = try await scene.call("getWebhookInfo")
            #expect(info["result"]?["last_error_message"]?.string == "Read timeout expired")
            #expect(info["result"]?["pending_update_count"]?.int64 == 0)
        }
    }

    @Test func `a press that nobody answers ends`() async throws {
        try await LiveScene.with(queryLifetime: 1) { scene in
            await #expect(throws: SimulationError.noAnswer) {
                try await scene.simulator.press(
                    user: Scene.ada,
                    MessageAddress(chat: Scene.supergroup, message: 1)
                )
            }
        }
    }

    @Test func `a condition that is waited for may ask the simulator itself`() async throws {
        try await LiveScene.with { scene in
            #expect(await scene.simulator.wait { _ in scene.simulator.baseURL } == scene.base)
        }
    }
}
