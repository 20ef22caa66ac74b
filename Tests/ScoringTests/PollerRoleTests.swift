import Leaderboards
import Scoring
import Synchronization
import ScoringSupport
import TestSupport
import Testing

/// What only one may do is done by one.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct PollerRoleTests {
    /// Who has the role, and whether ever two had it.
    private final class Holders: Sendable {
        private let state = Mutex<(now: Set<Int>, most: Int)>(([], 0))

        var now: Set<Int> { state.withLock { $0.now } }
        var most: Int { state.withLock { $0.most } }

        func hold(_ number: Int) async {
            state.withLock { state in
                state.now.insert(number)
                state.most = max(state.most, state.now.count)
            }
            try? await Task.sleep(for: .seconds(3600))
            state.withLock { _ = $0.now.remove(number) }
        }
    }

    @Test func `one instance polls a bot, and another takes over when it ends`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            let holders = Holders()
            let tasks = stage.instances.indices.map { number in
                Task { await stage.instances[number].asPoller(of: Stage.bot) { await holders.hold(number) } }
            }
            try await until { !holders.now.isEmpty }
            let first = try #require(holders.now.first)
            tasks[first].cancel()
            await tasks[first].value
            try await until { holders.now == [1 - first] }
            tasks[1 - first].cancel()
            await tasks[1 - first].value
            #expect(holders.most == 1)
        }
    }

    @Test func `bots are polled beside one another`() async throws {
        try await Stage.with { stage in
            let holders = Holders()
            let tasks = (0..<2).map { number in
                let bot = BotID(rawValue: Int64(number + 1))
                return Task { await stage.highscores.asPoller(of: bot) { await holders.hold(number) } }
            }
            try await until { holders.now == [0, 1] }
            for task in tasks {
                task.cancel()
                await task.value
            }
            #expect(holders.now.isEmpty)
        }
    }
}
