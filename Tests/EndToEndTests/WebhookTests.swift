import Curl
import Foundation
import JSON
import Simulator
import Synchronization
import TestSupport
import Testing

/// Several programs and foreign bots around one webhook.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct WebhookTests {
    @Test func `two programs on one database do one loop together`() async throws {
        try await Arena.with { arena in
            let first = try await arena.serve()
            let second = try await arena.serve([], ["HIGHSCORES_PUBLIC_URL": first.base])
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            var adas = ""
            for (round, player) in [Arena.ada, Arena.zoe, Arena.omar].enumerated() {
                let launch = try await arena.launch(player, message)
                if player == Arena.ada { adas = launch }
                let run = try await second.startRun(launch)
                let answer = try await (round.isMultiple(of: 2) ? first : second).submit(100 + round, run)
                #expect(answer.status == 200, "\(answer)")
                // What one has acknowledged the other reads at once.
                #expect(try await second.board(launch) == (try await first.board(launch)))
                let repeated = try await (round.isMultiple(of: 2) ? second : first).submit(100 + round, run)
                #expect(repeated.headers["Idempotency-Replayed"] == "true")
            }
            await arena.expectTable([Arena.ada: 100, Arena.zoe: 101, Arena.omar: 102])
            #expect(arena.calls("setGameScore").map(\.status) == [200, 200, 200])
            // The one that Telegram calls goes; the other goes on delivering.
            try await first.stop()
            let run = try await second.startRun(adas)
            #expect(try await second.submit(500, run).status == 200)
            await arena.expectTable([Arena.ada: 500, Arena.zoe: 101, Arena.omar: 102], within: 60_000)
            try await second.stop()
        }
    }

    @Test func `two programs that poll take turns instead of disturbing one another`() async throws {
        try await Arena.with { arena in
            let first = try await arena.serve(isWebhook: false)
            let second = try await arena.serve(isWebhook: false)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: second, 21)
            try await first.program.kill9()
            // The other takes over; a press that comes meanwhile waits for it.
            try await arena.play(Arena.zoe, message, at: second, 22)
            await arena.expectTable([Arena.ada: 21, Arena.zoe: 22], within: 60_000)
            // Telegram ends a poll that meets another with 409, which is logged.
            #expect(first.program.logged("poll.failed").isEmpty)
            #expect(second.program.logged("poll.failed").isEmpty)
            #expect(try await second.readiness().codes.isEmpty)
            try await second.stop()
        }
    }

    @Test func `a studio's bot forwards presses and relays the answers`() async throws {
        let studio = Studio()
        try await Arena.with(sender: studio.sender) { arena in
            arena.call("setWebhook", #"{"url":"https://studio.example/hook","secret_token":"studio"}"#)
            let service = try await arena.serve()
            let readiness = try await service.readiness()
            #expect(readiness.word == "degraded")
            #expect(readiness.codes == ["webhook_elsewhere"])
            let printed = try await arena.run(
                "webhook",
                "info",
                "--secret",
                "--json",
                with: ["HIGHSCORES_PUBLIC_URL": service.base]
            )
            #expect(printed.code == 0, "\(printed.errors)")
            let document = try JSON.parse(Array(printed.output.utf8))
            let secret = try #require(
                (document["items"]?.elements.first(where: { _ in true }) ?? document)["secret"]?.string,
                "\(printed.output)"
            )
            studio.forward(to: "\(service.base)/telegram/\(Arena.bot)", secret: secret)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 77)
            await arena.expectTable([Arena.ada: 77])
            #expect(arena.telegram.read { $0.bots[Arena.bot]?.webhook?.url } == "https://studio.example/hook")
            // A wrong secret is refused before the body is looked at.
            let refused = try await service.send(
                .post,
                "/telegram/\(Arena.bot)",
                headers: [("X-Telegram-Bot-Api-Secret-Token", String(secret.reversed()))],
                body: Array("{".utf8)
            )
            #expect(refused.status == 401)
            try await service.stop()
            let taking = try await arena.serve(["--take-webhook"])
            #expect(try await taking.readiness().word != "degraded")
            #expect(
                arena.telegram.read { $0.bots[Arena.bot]?.webhook?.url }
                    == "\(taking.base)/telegram/\(Arena.bot)"
            )
            try await taking.stop()
        }
    }

    @Test func `polling leaves a webhook alone and says so`() async throws {
        let studio = Studio()
        try await Arena.with(sender: studio.sender) { arena in
            arena.call("setWebhook", #"{"url":"https://studio.example/hook"}"#)
            let service = try await arena.serve(isWebhook: false)
            try await service.waitUntil("degraded", "updates_taken_elsewhere")
            #expect(arena.telegram.read { $0.bots[Arena.bot]?.webhook?.url } == "https://studio.example/hook")
            try await service.stop()
        }
    }

    @Test func `the webhook asks for exactly the updates in use`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let call = try #require(arena.calls("setWebhook").last)
            let kinds = try JSON.parse(Array(call.parameters["allowed_updates"].utf8)).elements.compactMap(
                \.string
            )
            #expect(
                Set(kinds) == [
                    "message", "guest_message", "callback_query", "inline_query", "chosen_inline_result",
                    "my_chat_member",
                ]
            )
            #expect(call.parameters["url"] == "\(service.base)/telegram/\(Arena.bot)")
            #expect(call.parameters["secret_token"].utf8.count >= 32)
            try await service.stop()
        }
    }
}

/// A studio's own bot: takes its deliveries, forwards them, and relays the answers once it was told where to.
private final class Studio: Sendable {
    private let place = Mutex<(url: String, secret: String)?>(nil)

    func forward(to url: String, secret: String) {
        place.withLock { $0 = (url, secret) }
    }

    var sender: @Sendable (CurlClient) -> WebhookSender {
        { client in
            let direct = client.webhookSender
            return { delivery in
                guard delivery.url.hasPrefix("https://studio.example/") else { return await direct(delivery) }
                guard let place = self.place.withLock({ $0 }) else { return .failed("not told where to") }
                let request = CurlRequest(
                    method: .post,
                    url: place.url,
                    headers: [
                        ("Content-Type", "application/json"),
                        ("X-Telegram-Bot-Api-Secret-Token", place.secret),
                    ],
                    body: delivery.body
                )
                guard let answer = try? await client.send(request, timeout: .seconds(10)) else {
                    return .timedOut
                }
                return .response(
                    status: answer.status,
                    reason: "",
                    retryAfter: nil,
                    contentType: answer.headers["Content-Type"],
                    body: answer.body
                )
            }
        }
    }
}
