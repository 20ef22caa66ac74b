@testable import BotAPI
import Leaderboards
import Scoring
import ServiceLifecycleTestKit
import Testing

@testable import Updates

@Suite struct WebhookRegistrarTests {
    private let clock = NoWaitClock()
    private let events = Log<UpdateEvent>()

    private func registrar(_ server: ScriptedServer, takesWebhook: Bool = false) throws -> WebhookRegistrar {
        let events = events
        return WebhookRegistrar(
            bot: try server.bot(),
            publicURL: "https://maze.example/",
            takesWebhook: takesWebhook,
            effects: .unused { $0.webhookSecret = { bot in "secret-of-\(bot)" } },
            clock: clock,
            random: { 0.5 },
            report: { events.add($0) }
        )
    }

    private static let registration =
        #"setWebhook {"url":"https://maze.example/telegram/77","secret_token":"secret-of-77","#
        + #""allowed_updates":["message","guest_message","callback_query","inline_query","chosen_inline_result","my_chat_member"],"#
        + #""max_connections":40}"#

    @Test(arguments: ["", "https://maze.example/telegram/77"])
    func `the webhook is set when there is none or it is ours`(url: String) async throws {
        let server = ScriptedServer([
            .ok("getWebhookInfo", #"{"url":"\#(url)"}"#), .ok("setWebhook", "true"),
        ])
        let registrar = try registrar(server)
        #expect(registrar.reasons.map(\.code) == ["webhook_not_set"])
        #expect(registrar.reasons.first?.isFatal == true)
        await registrar.establish()
        #expect(server.calls.values == ["getWebhookInfo {}", Self.registration])
        #expect(registrar.reasons.isEmpty)
        guard case .webhookSet? = events.values.last else {
            Issue.record("unexpected: \(events.values)")
            return
        }
    }

    @Test func `a webhook that points elsewhere is left alone until it is taken away`() async throws {
        let elsewhere = #"{"url":"https://user:pw@studio.example:8443/bot/77:AAE?k=v"}"#
        let server = ScriptedServer([
            .ok("getWebhookInfo", elsewhere), .ok("getWebhookInfo", elsewhere),
        ])
        let registrar = try registrar(server)
        let task = Task { await registrar.establish() }
        await server.waitUntilExhausted()
        let reasons = registrar.reasons
        task.cancel()
        await task.value
        #expect(server.calls.values == ["getWebhookInfo {}", "getWebhookInfo {}"])
        #expect(reasons.map(\.code) == ["webhook_elsewhere"])
        #expect(reasons.first?.isFatal == false)
        #expect(reasons.first?.detail.contains("studio.example:8443") == true)
        #expect(reasons.first?.detail.contains("--take-webhook") == true)
        #expect(reasons.first?.detail.contains("AAE") == false)
        #expect(reasons.first?.detail.contains("pw") == false)
        #expect(clock.sleeps.values == [.seconds(30), .seconds(30)])
        #expect(events.values.count == 1)
    }

    @Test func `a webhook that was taken away is set`() async throws {
        let server = ScriptedServer([
            .ok("getWebhookInfo", #"{"url":"https://studio.example"}"#),
            .ok("getWebhookInfo", #"{"url":""}"#),
            .ok("setWebhook", "true"),
        ])
        let registrar = try registrar(server)
        await registrar.establish()
        #expect(registrar.reasons.isEmpty)
        #expect(server.calls.values.last == Self.registration)
    }

    @Test func `a webhook that points elsewhere is taken when asked for`() async throws {
        let server = ScriptedServer([
            .ok("getWebhookInfo", #"{"url":"https://studio.example"}"#), .ok("setWebhook", "true"),
        ])
        let registrar = try registrar(server, takesWebhook: true)
        await registrar.establish()
        #expect(server.calls.values.last == Self.registration)
        #expect(registrar.reasons.isEmpty)
    }

    @Test func `it tries until it succeeds`() async throws {
        let server = ScriptedServer([
            .failed("getWebhookInfo", sent: false), .ok("getWebhookInfo", #"{"url":""}"#),
            .refused("setWebhook", 429, "Too Many Requests: retry after 1"),
            .ok("getWebhookInfo", #"{"url":""}"#),
            .refused(
                "setWebhook",
                400,
                "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            ),
            .ok("getWebhookInfo", #"{"url":""}"#), .ok("setWebhook", "true"),
        ])
        let registrar = try registrar(server)
        await registrar.establish()
        #expect(clock.sleeps.values == [.seconds(1), .seconds(5), .seconds(30)])
        #expect(registrar.reasons.isEmpty)
    }

    @Test func `a refused webhook is a reason that stops readiness`() async throws {
        let server = ScriptedServer([.refused("getWebhookInfo", 401, "Unauthorized")])
        let registrar = try registrar(server)
        let task = Task { await registrar.establish() }
        await server.waitUntilExhausted()
        let reason = try #require(registrar.reasons.first)
        task.cancel()
        await task.value
        #expect(reason.code == "webhook_not_set")
        #expect(reason.isFatal)
        #expect(reason.detail.contains("Unauthorized"))
    }

    @Test func `it runs until graceful shutdown`() async throws {
        let server = ScriptedServer([.failed("getWebhookInfo", sent: false)])
        let registrar = try registrar(server)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await registrar.run() }
                await server.waitUntilExhausted()
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(server.calls.values == ["getWebhookInfo {}"])
    }

    @Test(arguments: [
        ("https://a.example/x", "a.example"), ("http://a.example:8081", "a.example:8081"),
        ("https://u:p@a.example/x@y", "a.example"), ("a.example/bot", "a.example"),
        ("https://a.example?token=x", "a.example"), ("https://", "?"), ("https:///path", "?"),
    ])
    func `only the host of a foreign address is shown`(url: String, host: String) {
        #expect(hostName(of: url) == host)
    }
}
