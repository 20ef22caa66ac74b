import Leaderboards
import Operations
import Postgres
import ScoringSupport
import Storage
import Synchronization
import TestSupport
import Testing
import Tokens

@testable import Scoring

/// Attempts are counted on disk, exactly, however they are asked for.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct AttemptTests {
    private let chat = StageChat(5)

    private func with(
        _ attempts: GameRules.AttemptLimit,
        zone: String = "UTC",
        _ body: @Sendable (Stage, _ daily: Game) async throws -> Void
    ) async throws {
        try await Stage.with {
            $0.instances = 2
            $0.rules.zone = zone
        } _: { stage in
            var daily = GameChanges()
            daily.set(\.rules.attempts, to: .some(attempts))
            daily.set(\.rules.seedWindow, to: .some(.day))
            try await body(stage, try await stage.declare("daily", daily))
        }
    }

    private func start(
        _ token: String,
        board: String = "daily",
        key: String? = nil,
        on instance: Int = 0,
        _ stage: Stage
    ) async throws(Refusal) -> StartedRun {
        try await stage.instances[instance].startRun(launchToken: token, board: board, key: key)
    }

    private func used(_ stage: Stage) async throws -> Int? {
        try await stage.value(Int.self, "SELECT count(*) FROM attempts")
    }

    // MARK: - At once

    @Test
    func
        `of 64 clients who start at once on two instances each gets an attempt that is there, and only those`()
        async throws
    {
        try await with(.init(count: 3, window: .day)) { stage, _ in
            let tokens = (1...4).map { stage.launchToken($0, in: chat) }
            var found: [String: [Result<StartedRun, Refusal>]] = [:]
            // Some of what is written is refused meanwhile, and whoever does not know asks again.
            let failures = Failures()
            try await stage.failing("attempts", with: "57P03", times: 20) {
                await withTaskGroup { tasks in
                    for client in 0..<64 {
                        for (player, token) in tokens.enumerated() {
                            for instance in 0..<2 {
                                tasks.addTask {
                                    while true {
                                        let result: Result<StartedRun, Refusal>
                                        do throws(Refusal) {
                                            result = .success(
                                                try await start(token, key: "\(client)", on: instance, stage)
                                            )
                                        } catch { result = .failure(error) }
                                        guard case .failure(.databaseUnavailable) = result else {
                                            return ("\(player) \(client)", result)
                                        }
                                        failures.count.add(1, ordering: .relaxed)
                                    }
                                }
                            }
                        }
                    }
                    for await (client, result) in tasks { found[client, default: []].append(result) }
                }
            }
            #expect(failures.count.load(ordering: .relaxed) >= 20)
            #expect(found.count == 4 * 64)
            for player in tokens.indices {
                let results = found.filter { $0.key.hasPrefix("\(player) ") }.values
                let started = results.compactMap { try? $0[0].get() }
                #expect(started.compactMap(\.attempt?.number).sorted() == [1, 2, 3])
                for both in results {
                    guard case .success(let one) = both[0] else {
                        #expect(
                            both.allSatisfy { if case .failure(.attemptsUsed) = $0 { true } else { false } }
                        )
                        continue
                    }
                    let other = try both[1].get()
                    #expect(one.run == other.run && one.attempt == other.attempt && one.seed == other.seed)
                }
            }
            #expect(try await used(stage) == 12)
        }
    }

    // MARK: - Days

    @Test(arguments: [
        ("Europe/Berlin", "2026-03-28T23:00:00Z", Int64(23)), ("Europe/Berlin", "2026-10-24T22:00:00Z", 25),
        ("America/St_Johns", "2011-11-06T02:30:00Z", 25), ("America/St_Johns", "2011-03-13T03:30:00Z", 23),
    ])
    func `a day of 23 or 25 hours has its attempts and its seed once`(
        zone: String,
        midnight: String,
        hours: Int64
    ) async throws {
        try await with(.init(count: 2, window: .day), zone: zone) { stage, _ in
            let begin = try #require(Instant(rfc3339: midnight))
            let end = begin + .seconds(hours * 3600)
            /// A run at a moment, on both instances in turn.
            func run(at moment: Instant, on instance: Int) async throws(Refusal) -> StartedRun {
                stage.clock.advance(by: moment - stage.clock.now)
                return try await start(stage.launchToken(1, in: chat), on: instance, stage)
            }
            let before = try await run(at: begin + .milliseconds(-1), on: 0)
            #expect(before.attempt?.number == 1 && before.attempt?.endsAt == begin)
            let first = try await run(at: begin, on: 1)
            #expect(first.attempt?.number == 1 && first.attempt?.endsAt == end)
            let second = try await run(at: begin + .seconds(hours * 1800), on: 0)
            #expect(second.attempt?.number == 2 && second.attempt?.endsAt == end)
            for instance in 0..<2 {
                await #expect(throws: Refusal.attemptsUsed(endsAt: end)) {
                    try await run(at: end + .milliseconds(-1), on: instance)
                }
            }
            let next = try await run(at: end, on: 1)
            #expect(next.attempt?.number == 1)
            #expect(first.seed != nil && first.seed == second.seed)
            #expect(Set([before.seed, first.seed, next.seed]).count == 3)
        }
    }

    @Test func `a start that is repeated after midnight is the one of the day before`() async throws {
        try await with(.init(count: 1, window: .day)) { stage, _ in
            let midnight = try #require(Instant(rfc3339: "2026-03-02T00:00:00Z"))
            stage.clock.advance(by: midnight + .milliseconds(-1) - stage.clock.now)
            let token = stage.launchToken(1, in: chat)
            let first = try await start(token, key: "a", stage)
            stage.clock.advance(by: .seconds(3600))
            let again = try await start(token, key: "a", on: 1, stage)
            #expect(again.run == first.run && again.attempt == first.attempt && again.seed == first.seed)
            #expect(again.attempt?.endsAt == midnight)
            let next = try await start(token, key: "b", stage)
            #expect(next.attempt?.number == 1 && next.seed != first.seed)
            #expect(try await used(stage) == 2)
        }
    }

    // MARK: - Whose they are

    @Test func `attempts are a player's in all chats, and an erasure gives none back`() async throws {
        try await with(.init(count: 2, window: .week)) { stage, _ in
            let token = try await stage.press(1, in: chat)
            #expect(try await start(token, stage).attempt?.number == 1)
            let other = stage.launchToken(1, in: StageChat(6))
            #expect(try await start(other, on: 1, stage).attempt?.number == 2)
            _ = try await stage.administration.erase(PlayerID(rawValue: 1))
            try await stage.sql("UPDATE erased_players SET erased_at = \(stage.clock.now)")
            stage.clock.advance(by: .seconds(1))
            let new = stage.launch(1, in: chat)
            try await until { !stage.highscores.registry.isErased(since: new) }
            let sunday = Instant(rfc3339: "2026-03-02T00:00:00Z")
            await #expect(throws: Refusal.attemptsUsed(endsAt: sunday)) {
                try await start(stage.launchToken(1, in: chat), stage)
            }
            #expect(try await start(stage.launchToken(2, in: chat), stage).attempt?.number == 1)
        }
    }

    @Test func `a key names a run of one board, and none that a score's key names`() async throws {
        try await with(.init(count: 2, window: .day)) { stage, _ in
            var weekly = GameChanges()
            weekly.set(\.rules.attempts, to: .some(.init(count: 2, window: .week)))
            _ = try await stage.declare("weekly", weekly)
            let token = stage.launchToken(1, in: chat)
            let first = try await start(token, key: "a", stage)
            await #expect(throws: Refusal.keyReused) {
                try await start(token, board: "weekly", key: "a", on: 1, stage)
            }
            #expect(try await used(stage) == 1)
            let named = try stage.highscores.run(of: token) { "a" }
            #expect(named.id != first.run.id)
            // The same key is another's in another launch.
            let other = try await start(stage.launchToken(1, in: chat), key: "a", stage)
            #expect(other.run.id != first.run.id && other.attempt?.number == 2)
        }
    }

    @Test func `whoever may not play uses no attempt`() async throws {
        try await with(.init(count: 2, window: .season)) { stage, daily in
            let token = stage.launchToken(1, in: chat)
            await #expect(throws: Refusal.noSuchWindow("no season of this game has begun")) {
                try await start(token, stage)
            }
            for name in ["none", "Daily", "a b", "", String(repeating: "d", count: 33)] {
                await #expect(throws: Refusal.boardUnknown(name)) {
                    try await start(token, board: name, stage)
                }
            }
            _ = try await stage.administration.ban(PlayerID(rawValue: 1), from: .game(stage.currentGame()))
            try await until { stage.highscores.registry.isBanned(PlayerID(rawValue: 1), from: daily) }
            await #expect(throws: Refusal.playerBanned) { try await start(token, stage) }
            #expect(try await used(stage) == 0)
        }
    }

    // MARK: - Afterwards

    @Test func `attempts are forgotten once their window is over for good`() async throws {
        try await with(.init(count: 2, window: .day)) { stage, daily in
            let rows = [
                ("", "2020-01-01T00:00:00Z", true), ("2026-03-09", "2026-03-09T10:00:00Z", true),
                ("2026-03-05", "2026-03-05T10:00:00Z", false), ("2026-W10", "2026-03-02T10:00:00Z", true),
                ("2026-W08", "2026-02-16T10:00:00Z", false), ("2026-02", "2026-02-06T10:00:00Z", true),
                ("2026-01", "2026-01-31T10:00:00Z", false), ("1", "2026-01-15T10:00:00Z", false),
                ("2", "2026-02-03T10:00:00Z", true), ("3", "2026-02-20T10:00:00Z", true),
            ]
            try await stage.sql(
                "UPDATE games SET seasons = '{2026-01-01, 2026-02-01, 2026-04-01}' WHERE game_id = \(stage.game)"
            )
            for (label, start, _) in rows {
                try await stage.sql(
                    """
                    INSERT INTO attempts
                    SELECT \(daily.id), sha256(''), \(label), n, gen_random_uuid(), \(start)::timestamptz
                    FROM generate_series(1, 2) AS n
                    """
                )
            }
            let limit = try #require(Instant(rfc3339: "2026-03-10T00:00:00Z"))
            try await stage.pool.withSession { session throws(PostgresError) in
                try session.attemptsForget(before: limit)
            }
            let left = try await stage.values(String.self, "SELECT DISTINCT label FROM attempts ORDER BY 1")
            #expect(left == rows.filter(\.2).map(\.0).sorted())
        }
    }
}

/// How often nobody knew what became of a start.
private final class Failures: Sendable {
    let count = Atomic(0)
}
