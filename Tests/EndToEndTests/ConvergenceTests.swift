import Foundation
import Leaderboards
import Postgres
import Simulator
import TestSupport
import Testing

/// Everything fails all the time, and in the end everything is where it belongs.
///
/// `HIGHSCORES_TEST_STORM_SEED` replays a storm, `HIGHSCORES_TEST_STORM_SECONDS` makes it as long as wanted.
@Suite(.serialized) struct ConvergenceTests {
    /// Few calls, so that the limits are met, and yet so many that all is delivered soon after the storm.
    private static let budget = CallBudget(
        chatPerSecond: 3,
        chatPerMinute: 90,
        botPerSecond: 20,
        jitter: 150_000
    )
    /// How long after the storm Telegram's tables may take: leases, calls without an answer and full minutes run out.
    private static let longestWait = Duration.seconds(240)

    @Test func `after a storm of kills, crashes and faults every table is as it should be`() async throws {
        let plan = StormPlan.ofThisRun()
        print("storm: HIGHSCORES_TEST_STORM_SEED=\(plan.seed) HIGHSCORES_TEST_STORM_SECONDS=\(plan.seconds)")
        try await CrashingServer.with { database in
            try await Arena.with { arena in
                let storm = try await Storm(arena, database)
                let variables = [
                    "DATABASE_URL": database.url, "HIGHSCORES_TELEGRAM_RATE": Self.budget.text,
                    "HIGHSCORES_LOG_LEVEL": "info",
                ]
                let services = try await StormServices(arena, variables)
                let players = StormPlayers(
                    arena,
                    services,
                    chats: storm.chats,
                    games: Storm.games,
                    originals: storm.originals
                )
                let calls = StormCalls()
                try await Self.rage(plan, storm, services, players, calls)
                try await services.waitUntilReady()
                try storm.setMode(.default)
                try await players.pressEverywhere()
                try await storm.waitUntilWhole()
                try await Self.check(storm, players, calls)
                #expect(players.failures == [])
                #expect(services.killed >= StormPlan.kills * StormPlan.instances)
                calls.collect(storm)
                #expect(storm.pressedInline > 0)
                // A storm in which hardly anything happened proves nothing.
                #expect(players.acknowledged.count >= plan.seconds * 5)
                #expect(calls.all.count >= plan.seconds * 2)
                #expect(
                    Set(calls.statuses.keys).isSuperset(of: [0, 200, 400, 429, 502]),
                    "\(calls.statuses)"
                )
                let violations = Self.budget.violations(of: calls.all)
                #expect(
                    violations.isEmpty,
                    "\(violations.count) of \(calls.all.count) calls came too early: \(violations.prefix(8))"
                )
                print("storm: \(calls.all.count) calls about scores were answered \(calls.statuses)")
                try await services.stop()
            }
        }
    }

    /// Plays and lets the blows fall, until the storm is over and everybody was answered.
    private static func rage(
        _ plan: StormPlan,
        _ storm: Storm,
        _ services: StormServices,
        _ players: StormPlayers,
        _ calls: StormCalls
    ) async throws {
        storm.arena.telegram.plan(try Fault.parse(plan.faults), seed: plan.seed)
        let start = ContinuousClock.now
        let end = start + .seconds(plan.seconds)
        try await withThrowingTaskGroup { group in
            group.addTask { await players.play(until: end, seed: plan.seed) }
            group.addTask { try await storm.rage(plan, services, since: start) }
            group.addTask {
                while ContinuousClock.now < end {
                    try await Task.sleep(for: .seconds(10))
                    calls.collect(storm)
                }
            }
            try await group.waitForAll()
        }
        storm.arena.telegram.clearFaults()
        print(
            "storm: \(services.killed) kills, \(players.presses) presses, "
                + "\(players.acknowledged.count) scores acknowledged"
        )
    }

    /// Compares log, leaderboards and Telegram's tables with what they should be.
    private static func check(_ storm: Storm, _ players: StormPlayers, _ calls: StormCalls) async throws {
        try await storm.database.withPool { pool in
            let numbers = try await storm.chatNumbers(pool)
            #expect(Set(numbers.keys) == Set(storm.chats.map(\.name)))
            var expected: [Storm.Table: [Int64: Int64]] = [:]
            for (name, board) in storm.boards {
                let log = try await CrowdLog(board, pool)
                checkLog(log, players.acknowledged.filter { $0.game == name }, numbers)
                let tables = log.replay { _, _, _ in }
                let kept = try await log.kept()
                #expect(Set(kept.entries.keys) == Set(tables.keys), "\(name.shortName)")
                for (place, table) in tables {
                    #expect(kept.entries[place] == table.entries, "\(name.shortName) \(place)")
                }
                for chat in storm.chats {
                    guard let number = numbers[chat.name] else { continue }
                    let table = tables[CrowdLog.Name(chat: number, window: .all, label: "")]
                    let scores = table?.entries.mapValues(log.score).filter { $0.value > 0 }
                    expected[Storm.Table(game: name, chat: chat.name)] = scores ?? [:]
                }
            }
            let start = ContinuousClock.now
            let wanted = expected
            // As long as a delivery is not done, a slow call may still change a table that looks right.
            while ContinuousClock.now - start < longestWait {
                calls.collect(storm)
                if storm.differences(wanted).isEmpty, try await storm.openDeliveries(pool).isEmpty { break }
                try await Task.sleep(for: .milliseconds(200))
            }
            let open = try await storm.openDeliveries(pool)
            #expect(open.isEmpty, "these are not done: \(open)")
            #expect(storm.differences(wanted) == [])
            print("storm: Telegram's tables were right after \(ContinuousClock.now - start)")
        }
    }

    /// Every acknowledged score is in the log once, as it was submitted, and nothing else is.
    private static func checkLog(
        _ log: CrowdLog,
        _ acknowledged: [StormPlayers.Acknowledged],
        _ numbers: [String: Int64]
    ) {
        let logged = Dictionary(log.runs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(logged.count == log.runs.count, "a run is in the log twice")
        let wrong = acknowledged.filter { score in
            let run = logged[score.run]
            return run?.player != score.player || run?.score != score.score
                || run?.chat != numbers[score.chat]
        }
        #expect(wrong.isEmpty, "\(wrong.count) are not in the log as acknowledged: \(wrong.prefix(3))")
        let odd = Set(logged.keys).subtracting(acknowledged.map(\.run))
        #expect(odd.isEmpty, "\(odd.count) are in the log that nobody submitted")
    }
}
