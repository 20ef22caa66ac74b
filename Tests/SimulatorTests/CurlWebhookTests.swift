import Curl
import JSON
import Testing

@testable import Simulator

/// Deliveries over real HTTP, to another simulator that stands in for a bot's server.
@Suite struct CurlWebhookTests {
    private func delivery(to url: String) -> WebhookDelivery {
        WebhookDelivery(
            bot: Scene.bot,
            number: 7,
            kind: .message,
            url: url,
            secret: "s3cret",
            body: Array("{\"update_id\":7,\n\"message\":{}}".utf8)
        )
    }

    @Test func `the body arrives as it is, and the reply comes back whole`() async throws {
        try await LiveScene.with { scene in
            let send = scene.client.webhookSender
            let reply = await send(delivery(to: "\(scene.base)/bot\(Scene.token)/getMe"))
            guard case .response(200, "OK", nil, "application/json", let body) = reply else {
                Issue.record("\(reply)")
                return
            }
            let envelope = try JSON.parse(body)
            #expect(envelope["ok"]?.bool == true)
            #expect(scene.simulator.calls.last?.parameters.texts == ["update_id": "7", "message": "{}"])
        }
    }

    @Test func `a refusal keeps its status, its words and its Retry-After`() async throws {
        try await LiveScene.with { scene in
            scene.simulator.plan(Fault(nil, .refuse(.tooMany(retryAfter: 9))))
            let send = scene.client.webhookSender
            let reply = await send(delivery(to: "\(scene.base)/bot\(Scene.token)/getMe"))
            guard case .response(429, "Too Many Requests", 9, _, _) = reply else {
                Issue.record("\(reply)")
                return
            }
        }
    }

    @Test func `a server that is not there is a failure, not a reply`() async throws {
        try await LiveScene.with { scene in
            let send = scene.client.webhookSender
            try await scene.simulator.stop()
            guard case .failed = await send(delivery(to: "\(scene.base)/hook")) else {
                Issue.record("there was a reply")
                return
            }
        }
    }
}
