@testable import BotAPI
import Leaderboards
import Scoring
import ServiceLifecycleTestKit
import Testing

@testable import Updates

@Suite struct PollerTests {
    private let clock = NoWaitClock()
    private let events = Log<UpdateEvent>()

    private static func press(_ updateID: Int64, from user: Int64) -> String {
        #"{"update_id":\#(updateID),"callback_query":{"id":"q\#(updateID)","from":{"id":\#(user)},"#
            + #""chat_instance":"9","game_short_name":"maze"}}"#
    }

    private static let allowed =
        #""allowed_updates":["message","guest_message","callback_query","inline_query","chosen_inline_result","my_chat_member"]"#

    private static func poll(from offset: Int64?) -> String {
        let offset = offset.map { #""offset":\#($0),"# } ?? ""
        return #"getUpdates {\#(offset)"limit":100,"timeout":50,\#(allowed)}"#
    }

    private func poller(_ server: ScriptedServer, _ effects: UpdateEffects) throws -> Poller {
        let events = events
        return Poller(
            bot: try server.bot(),
            handler: UpdateHandler(effects: effects) { _ in },
            effects: effects,
            clock: clock,
            random: { 0.5 },
            report: { events.add($0) }
        )
    }

    /// Polls until the server has nothing more to say.
    private func run(
        _ server: ScriptedServer,
        _ change: (inout UpdateEffects) -> Void = { _ in }
    ) async throws {
        let effects = UpdateEffects.unused { effects in
            effects.open = { _ in .url("https://maze.example") }
            effects.asPoller = { _, body in await body() }
            change(&effects)
        }
        let poller = try poller(server, effects)
        let task = Task { try await poller.run() }
        await server.waitUntilExhausted()
        #expect(poller.reasons.isEmpty)
        task.cancel()
        _ = await task.result
    }

    @Test func `presses are answered before their updates are confirmed`() async throws {
        let server = ScriptedServer([
            .ok("getUpdates", "[\(Self.press(5, from: 1)),\(Self.press(6, from: 1))]"),
            .ok("answerCallbackQuery", "true"), .ok("answerCallbackQuery", "true"),
            .ok("getUpdates", "[]"),
        ])
        try await run(server)
        #expect(
            server.calls.values == [
                Self.poll(from: nil),
                #"answerCallbackQuery {"callback_query_id":"q5","url":"https://maze.example"}"#,
                #"answerCallbackQuery {"callback_query_id":"q6","url":"https://maze.example"}"#,
                Self.poll(from: 7),
            ]
        )
        #expect(clock.sleeps.values == [.seconds(1)])
    }

    @Test(arguments: [Int64.max, .min, -1])
    func `an update whose number cannot be confirmed is answered once, and the poller rests`(number: Int64)
        async throws
    {
        let batch = "[\(Self.press(5, from: 1)),\(Self.press(number, from: 2))]"
        let rest = "[\(Self.press(number, from: 2))]"
        let server = ScriptedServer([
            .ok("getUpdates", batch), .ok("answerCallbackQuery", "true"), .ok("answerCallbackQuery", "true"),
            .ok("getUpdates", rest), .ok("getUpdates", rest),
        ])
        try await run(server)
        let polls = server.calls.values.filter { $0.hasPrefix("getUpdates") }
        #expect(polls == [Self.poll(from: nil), Self.poll(from: 6), Self.poll(from: 6)])
        #expect(clock.sleeps.values == [Poller.pause, Poller.pause])
    }

    @Test(arguments: [(3, 3), (1000, 20)])
    func `the games are waited for, but not for ever`(missing: Int, waits: Int) async throws {
        let checks = Log<Void>()
        let server = ScriptedServer([.ok("getUpdates", "[]")])
        try await run(server) { effects in
            effects.isLoaded = {
                checks.add(())
                return checks.values.count > missing
            }
        }
        #expect(clock.sleeps.values.prefix { $0 == .milliseconds(100) }.count == waits)
    }

    @Test func `many people's presses are all answered`() async throws {
        let presses = (1...100).map { Self.press(Int64($0), from: Int64($0 % 40)) }
        let server = ScriptedServer(
            [.ok("getUpdates", "[\(presses.joined(separator: ","))]")]
                + presses.map { _ in .ok("answerCallbackQuery", "true") } + [.ok("getUpdates", "[]")]
        )
        try await run(server)
        let answered = server.calls.values.filter { $0.hasPrefix("answerCallbackQuery") }
        #expect(Set(answered).count == 100)
        #expect(server.calls.values.last == Self.poll(from: 101))
        #expect(events.values.isEmpty)
    }

    @Test func `an update that could not be recorded is fetched again`() async throws {
        let fact =
            #"{"update_id":5,"message":{"message_id":1,"chat":{"id":-50,"type":"group"},"migrate_to_chat_id":-100200}}"#
        let server = ScriptedServer([
            .ok("getUpdates", "[\(fact),\(Self.press(6, from: 1))]"), .ok("answerCallbackQuery", "true"),
            .ok("getUpdates", "[\(fact),\(Self.press(6, from: 1))]"), .ok("getUpdates", "[]"),
        ])
        let tries = Log<ChatFact>()
        try await run(server) {
            $0.record = { fact, _ throws(Refusal) in
                tries.add(fact)
                if tries.values.count == 1 { throw .databaseUnavailable }
            }
        }
        #expect(tries.values.count == 2)
        let polls = server.calls.values.filter { $0.hasPrefix("getUpdates") }
        #expect(polls == [Self.poll(from: nil), Self.poll(from: 5), Self.poll(from: 7)])
        #expect(server.calls.values.filter { $0.hasPrefix("answer") }.count == 1)
        #expect(clock.sleeps.values.first == UpdateHandler.postponement)
    }

    @Test func `failures are waited out and told`() async throws {
        let server = ScriptedServer([
            .failed("getUpdates", sent: false), .failed("getUpdates", sent: true),
            .refused("getUpdates", 502, "Bad Gateway"), .ok("getUpdates", "{}"),
            .refused("getUpdates", 429, "Too Many Requests: retry after 5"),
            .refused("getUpdates", 401, "Unauthorized"),
            .refused("getUpdates", 409, "Conflict: terminated by other getUpdates request"),
            .ok("getUpdates", "[]"),
        ])
        try await run(server)
        #expect(clock.sleeps.values.map(\.components.seconds) == [1, 2, 4, 8, 5, 30, 30, 1])
        let codes = events.values.map { event in
            switch event {
            case .pollFailed(_, let answer): answer.code
            case .pollRecovered: "recovered"
            default: "other"
            }
        }
        #expect(
            codes == [
                "temporary", "temporary", "temporary", "temporary", "retry_after", "unauthorized", "conflict",
                "recovered",
            ]
        )
    }

    @Test(arguments: [
        (401, "Unauthorized", "bot_unauthorized"),
        (
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
                + "webhook first",
            "updates_taken_elsewhere"
        ),
        (500, "Internal Server Error", "telegram_unreachable"),
    ])
    func `what stands in the way is a reason that does not stop the service`(
        code: Int,
        description: String,
        expected: String
    ) async throws {
        let server = ScriptedServer([.refused("getUpdates", code, description)])
        let effects = UpdateEffects.unused { $0.asPoller = { _, body in await body() } }
        let poller = try poller(server, effects)
        let task = Task { try await poller.run() }
        await server.waitUntilExhausted()
        let reasons = poller.reasons
        task.cancel()
        _ = await task.result
        #expect(reasons.map(\.code) == [expected])
        #expect(reasons.first?.isFatal == false)
        #expect(reasons.first?.detail.contains(description) == true)
        #expect(server.calls.values.allSatisfy { $0.hasPrefix("getUpdates") })
        #expect(poller.reasons.isEmpty)
    }

    @Test(arguments: [true, false])
    func `an answer to a press is tried twice, a message only when it was not sent`(sent: Bool) async throws {
        let start =
            #"{"update_id":6,"message":{"message_id":2,"chat":{"id":5,"type":"private"},"text":"/start","#
            + #""entities":[{"type":"bot_command","offset":0,"length":6}]}}"#
        let server = ScriptedServer(
            [
                .ok("getUpdates", "[\(Self.press(5, from: 1)),\(start)]"),
                .failed("answerCallbackQuery", sent: sent), .ok("answerCallbackQuery", "true"),
                .failed("sendGame", sent: sent),
            ] + (sent ? [] : [.ok("sendGame", #"{"message_id":1,"chat":{"id":5}}"#)]) + [
                .ok("getUpdates", "[]")
            ]
        )
        try await run(server) {
            $0.games = { _ in [.maze("maze")] }
            $0.admitMessage = { _, _, _, _ throws(Refusal) in true }
        }
        #expect(server.calls.values.filter { $0.hasPrefix("answerCallbackQuery") }.count == 2)
        #expect(server.calls.values.filter { $0.hasPrefix("sendGame") }.count == (sent ? 1 : 2))
        let failed = events.values.compactMap { event -> String? in
            guard case .answerFailed(_, let method, _, _) = event else { return nil }
            return method
        }
        #expect(failed == (sent ? ["sendGame"] : []))
    }

    @Test func `a migration told by an error is recorded`() async throws {
        let start =
            #"{"update_id":6,"message":{"message_id":2,"chat":{"id":-50,"type":"group"},"text":"/play","#
            + #""entities":[{"type":"bot_command","offset":0,"length":5}]}}"#
        let body =
            #"{"ok":false,"error_code":400,"description":"Bad Request: group chat was upgraded to a supergroup "#
            + #"chat","parameters":{"migrate_to_chat_id":-100200}}"#
        let server = ScriptedServer([
            .ok("getUpdates", "[\(start)]"),
            ScriptedServer.Step(
                method: "sendGame",
                result: .success(BotHTTPResponse(status: 400, body: Array(body.utf8)))
            ),
        ])
        let facts = Log<ChatFact>()
        try await run(server) {
            $0.games = { _ in [.maze("maze")] }
            $0.admitMessage = { _, _, _, _ throws(Refusal) in true }
            $0.record = { fact, _ throws(Refusal) in facts.add(fact) }
        }
        let old = TelegramChatID(rawValue: -50)
        #expect(facts.values == [.migrated(from: old, to: TelegramChatID(rawValue: -100_200))])
    }

    @Test func `shutdown ends the wait for updates at once`() async throws {
        let server = ScriptedServer([])
        let effects = UpdateEffects.unused { $0.asPoller = { _, body in await body() } }
        let poller = try poller(server, effects)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await poller.run() }
                await server.waitUntilExhausted()
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(events.values.isEmpty)
        #expect(poller.reasons.isEmpty)
    }

    @Test func `shutdown lets a press that has arrived be answered`() async throws {
        let server = ScriptedServer([
            .ok("getUpdates", "[\(Self.press(5, from: 1))]"), .ok("answerCallbackQuery", "true"),
        ])
        let opened = AsyncStream<Void>.makeStream()
        let released = AsyncStream<Void>.makeStream()
        let effects = UpdateEffects.unused {
            $0.asPoller = { _, body in await body() }
            $0.open = { _ in
                opened.continuation.finish()
                for await _ in released.stream {}
                #expect(!Task.isCancelled)
                return .url("https://maze.example")
            }
        }
        let poller = try poller(server, effects)
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await poller.run() }
                for await _ in opened.stream {}
                trigger.triggerGracefulShutdown()
                released.continuation.finish()
                try await group.waitForAll()
            }
        }
        #expect(server.calls.values.count == 2)
        #expect(server.calls.values.last?.hasPrefix("answerCallbackQuery") == true)
    }
}
