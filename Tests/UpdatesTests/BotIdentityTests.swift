@testable import BotAPI
import Leaderboards
import Scoring
import ServiceLifecycleTestKit
import Testing

@testable import Updates

@Suite struct BotIdentityTests {
    private let clock = NoWaitClock()
    private static let me =
        #"{"id":77,"is_bot":true,"first_name":"Maze","username":"Maze_Bot","supports_inline_queries":true}"#

    @Test func `it tries until the bot is known and stored`() async throws {
        let server = ScriptedServer([
            .failed("getMe", sent: false), .refused("getMe", 401, "Unauthorized"), .ok("getMe", Self.me),
        ])
        let bot = try server.bot()
        let stored = Log<String>()
        let identity = BotIdentity(
            bot: bot,
            effects: .unused {
                $0.register = { bot, username throws(Refusal) in
                    stored.add("\(bot) \(username)")
                    if stored.values.count < 3 { throw .databaseUnavailable }
                }
            },
            clock: clock,
            random: { 0.5 },
            report: { _ in }
        )
        await identity.establish()
        #expect(bot.identity?.username == "Maze_Bot")
        #expect(bot.identity?.supportsInlineQueries == true)
        #expect(stored.values == ["77 Maze_Bot", "77 Maze_Bot", "77 Maze_Bot"])
        #expect(clock.sleeps.values == [.seconds(1), .seconds(30), .seconds(1), .seconds(2)])
        #expect(identity.reasons.isEmpty)
    }

    @Test func `a refused token is a reason that does not stop the service`() async throws {
        let server = ScriptedServer([.refused("getMe", 401, "Unauthorized")])
        let identity = BotIdentity(
            bot: try server.bot(),
            effects: .unused(),
            clock: clock,
            random: { 0.5 },
            report: { _ in }
        )
        try await testGracefulShutdown { trigger in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await identity.run() }
                await server.waitUntilExhausted()
                trigger.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
        #expect(identity.reasons.map(\.code) == ["bot_unauthorized"])
        #expect(identity.reasons.first?.isFatal == false)
    }
}
