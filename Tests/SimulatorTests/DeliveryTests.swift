import Testing

@testable import Simulator

/// Webhooks: what may be set, and the order and times of deliveries.
@Suite struct DeliveryTests {
    private static let url = "http://127.0.0.1:9/hook"

    private func fail(
        _ scene: inout Scene,
        _ delivery: WebhookDelivery,
        retryAfter: Int64? = nil,
        status: Int = 500
    ) {
        _ = scene.telegram.settle(
            delivery,
            .response(status: status, reason: "No", retryAfter: retryAfter, contentType: nil, body: []),
            now: scene.now
        )
    }

    private func pressing(_ scene: inout Scene, _ user: Int64 = Scene.ada) throws {
        _ = try scene.telegram.press(user: user, scene.inSupergroup, now: scene.now)
    }

    @Test(arguments: [
        ("example.org", "", "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
        ("https://", "", "Bad Request: invalid webhook URL specified"),
        (url, String(repeating: "a", count: 257), "Bad Request: secret token is too long"),
        (url, "a b", "Bad Request: secret token contains unallowed characters"),
    ])
    func `a bad webhook is refused`(url: String, secret: String, text: String) throws {
        var scene = try Scene()
        #expect(scene.call("setWebhook", ["url": url, "secret_token": secret]).description == text)
    }

    @Test func `setting and deleting say what has changed`() throws {
        var scene = try Scene()
        let call = ["url": Self.url, "secret_token": "s-_1"]
        #expect(scene.call("setWebhook", call).description == "Webhook was set")
        #expect(scene.call("setWebhook", call).description == "Webhook is already set")
        #expect(
            scene.call("setWebhook", call.merging(["secret_token": "t"]) { $1 }).description
                == "Webhook was set"
        )
        #expect(scene.call("getUpdates").status == 409)
        #expect(scene.call("setWebhook", ["url": ""]).description == "Webhook was deleted")
        #expect(scene.call("deleteWebhook").description == "Webhook is already deleted")
    }

    @Test(
        arguments: [
            (nil, ["message"]), ("[]", nil), (#"["nonsense"]"#, nil),
            (#"["callback_query","x"]"#, ["callback_query"]),
        ] as [(String?, [String]?)]
    )
    func `allowed updates are kept when absent, and the default when empty or unknown`(
        given: String?,
        expected: [String]?
    ) throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url, "allowed_updates": #"["message"]"#])
        var call = ["url": Self.url]
        call["allowed_updates"] = given
        scene.call("setWebhook", call)
        #expect(scene.telegram.bots[Scene.bot]?.allowedUpdates == expected)
    }

    @Test func `updates of kinds not asked for are not queued, queued ones stay`() throws {
        var scene = try Scene()
        try pressing(&scene)
        scene.call("setWebhook", ["url": Self.url, "allowed_updates": #"["message"]"#])
        try pressing(&scene, Scene.zoe)
        #expect(scene.telegram.takeDeliveries(now: scene.now).count == 1)
    }

    @Test func `a person's presses are delivered one after another, other lanes beside them`() throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url])
        try pressing(&scene)
        try pressing(&scene)
        try pressing(&scene, Scene.zoe)
        try scene.telegram.say(user: Scene.ada, in: Scene.group, "/play", now: scene.now)
        let first = scene.telegram.takeDeliveries(now: scene.now)
        #expect(first.map(\.kind) == [.callbackQuery, .callbackQuery, .message])
        #expect(scene.telegram.takeDeliveries(now: scene.now).isEmpty)
        fail(&scene, first[0], status: 200)
        #expect(scene.telegram.takeDeliveries(now: scene.now).map(\.number) == [first[0].number + 1])
    }

    @Test func `no more deliveries are under way than connections are allowed`() throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url, "max_connections": "1"])
        try pressing(&scene)
        try pressing(&scene, Scene.zoe)
        #expect(scene.telegram.takeDeliveries(now: scene.now).count == 1)
        #expect(scene.telegram.takeDeliveries(now: scene.now).isEmpty)
    }

    @Test
    func `a press is tried again at once, then after 2, 4, 8, 16, 32, 64 s, and dropped with its lifetime`()
        throws
    {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url])
        try pressing(&scene)
        var tries: [Int64] = []
        let start = scene.now
        while let next = scene.telegram.nextDelivery {
            scene.now = next
            let due = scene.telegram.takeDeliveries(now: next)
            try #require(due.count == 1)
            tries.append((next - start) / 1000)
            fail(&scene, due[0])
        }
        #expect(tries == [0, 0, 2, 6, 14, 30, 62, 126])
        #expect(scene.telegram.bots[Scene.bot]?.queue.entries.isEmpty == true)
        #expect(
            scene.telegram.bots[Scene.bot]?.webhook?.lastErrorMessage
                == "Wrong response from the webhook: 500 No"
        )
    }

    @Test func `later tries of a message come every one to two minutes`() {
        #expect(UpdateQueue.delay(afterFailure: 8, jitter: 0) == 60_000)
        #expect(UpdateQueue.delay(afterFailure: 30, jitter: 60_000) == 120_000)
    }

    @Test(arguments: [(3, 3_000), (7_200, nil), (0, 0), (-4, 0)] as [(Int64, Int64?)])
    func `Retry-After replaces the delay, up to an hour`(seconds: Int64, delay: Int64?) throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url])
        try pressing(&scene)
        fail(&scene, scene.telegram.takeDeliveries(now: scene.now)[0], retryAfter: seconds)
        // An hour is past a press's lifetime.
        #expect(scene.telegram.nextDelivery == delay.map { scene.now + $0 })
    }

    @Test func `410 for 23 hours removes the webhook, an answer in between starts anew`() throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url])
        for (hours, status, isThere) in [
            (0, 410, true), (12, 410, true), (13, 200, true), (14, 410, true), (36, 410, true),
            (37, 410, false),
        ] {
            scene.now = 1_760_000_000_000 + Int64(hours) * 3_600_000
            try scene.telegram.say(user: Scene.ada, in: Scene.group, "/play", now: scene.now)
            let due = scene.telegram.takeDeliveries(now: scene.now)
            try #require(!due.isEmpty)
            fail(&scene, due[0], status: status)
            #expect((scene.telegram.bots[Scene.bot]?.webhook != nil) == isThere, "after \(hours) h")
        }
    }

    @Test(
        arguments: [
            (
                #"{"method":"answerCallbackQuery","callback_query_id":"7"}"#, "application/json",
                "answercallbackquery"
            ),
            ("method=sendGame&chat_id=7", "application/x-www-form-urlencoded", "sendgame"),
            (#"{"method":"getMe"}"#, "application/json", nil),
            (#"{"method":"setWebhook"}"#, "application/json", nil),
            ("", nil, nil), ("ok", "text/plain", nil), (#"{"method":""}"#, "application/json", nil),
        ] as [(String, String?, String?)]
    )
    func `a reply may hold a call`(body: String, type: String?, method: String?) throws {
        var scene = try Scene()
        scene.call("setWebhook", ["url": Self.url])
        try pressing(&scene)
        let delivery = scene.telegram.takeDeliveries(now: scene.now)[0]
        let reply = WebhookReply.response(
            status: 200,
            reason: "OK",
            retryAfter: nil,
            contentType: type,
            body: Array(body.utf8)
        )
        #expect(scene.telegram.settle(delivery, reply, now: scene.now)?.method == method)
        #expect(scene.telegram.bots[Scene.bot]?.queue.entries.isEmpty == true)
    }

    @Test func `getUpdates confirms, counts from the end, and forgets what has expired`() throws {
        var scene = try Scene()
        for _ in 0..<3 { try pressing(&scene) }
        let all = try #require(scene.telegram.bots[Scene.bot]?.queue.entries.map(\.number))
        func numbers(_ texts: [String: String]) -> [Int64] {
            scene.call("getUpdates", texts)
            return scene.telegram.bots[Scene.bot]?.queue.entries.map(\.number) ?? []
        }
        #expect(numbers(["offset": "\(all[1])"]) == Array(all[1...]))
        #expect(numbers(["offset": "-1"]) == [all[2]])
        scene.now += 150_000
        #expect(numbers([:]) == [])
    }

    @Test func `update numbers start high and grow by one`() throws {
        var scene = try Scene()
        for _ in 0..<3 { try pressing(&scene) }
        let numbers = try #require(scene.telegram.bots[Scene.bot]?.queue.entries.map(\.number))
        #expect((2_000_001...1_000_000_000).contains(numbers[0]))
        #expect(numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2])
    }
}
