import ScoringSupport
import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

@testable import Operations
@testable import Scoring

/// Who was erased is not put on record again by what is older, and stays banned.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ErasureTests {
    private static let player = PlayerID(rawValue: 4242)
    private let chat = StageChat(1)

    /// Erases the player now, by the stage's clock, and lets some time pass on either side.
    private func erase(_ stage: Stage) async throws -> ErasureCount {
        stage.clock.advance(by: .seconds(1))
        let done = try await stage.administration.erase(Self.player)
        try await stage.sql("UPDATE erased_players SET erased_at = \(stage.clock.now)")
        stage.clock.advance(by: .seconds(1))
        return try #require(done.erasure)
    }

    /// What a submission's transaction says, whatever is held in memory.
    private func write(_ launches: [Launch], _ stage: Stage) async throws -> RunBatch.Answers {
        var generator = SystemRandomNumberGenerator()
        let runs = try launches.map { launch in
            FinishedRun(
                Run(
                    id: RunID(Identifier128(using: &generator)),
                    launch: launch,
                    startedAt: stage.clock.now,
                    lifetime: .seconds(60)
                ),
                score: try #require(Score(77))
            )
        }
        let clock = { @Sendable in stage.clock.now }
        let appended = try await SubmissionWriter(pool: stage.pool, clock: clock, RunBatch.append)
            .write(stage.game, runs)
        for (answer, launch) in zip(appended, launches) where launch.player == Self.player {
            guard case .success(nil) = answer else {
                throw StageError("a run of somebody who was erased was appended: \(answer)")
            }
        }
        return try await SubmissionWriter(pool: stage.pool, clock: clock, RunBatch.write)
            .write(stage.game, runs)
    }

    private func players(_ stage: Stage) async throws -> Int? {
        try await stage.value(Int.self, "SELECT count(*) FROM players WHERE player_id = \(Self.player)")
    }

    @Test func `a page that was open before an erasure does not put the player on record again`() async throws
    {
        try await Stage.with { stage in
            _ = try await stage.play(4242, in: chat, score: 50)
            let launch = try await stage.press(4242, in: chat)
            let run = try stage.highscores.startRun(launchToken: launch)
            let old = stage.launch(4242, in: chat)
            _ = try await erase(stage)

            // The transaction knows by itself, and of the others nobody is kept out.
            let answers = try await write([old, stage.launch(1, in: chat)], stage)
            #expect(answers[0] == .failure(.launchErased))
            #expect(try answers[1].get()?.outcome == .newBest)

            try await until { stage.highscores.registry.isErased(since: old) }
            #expect(throws: Refusal.launchErased) { try stage.highscores.startRun(launchToken: launch) }
            for token in [launch, run.runToken] {
                await #expect(throws: Refusal.launchErased) { try await stage.submit(60, with: token) }
                await #expect(throws: Refusal.launchErased) { try await stage.leaderboard(token) }
            }
            #expect(try await players(stage) == 0)
            #expect(try await stage.leaderboard(stage.launchToken(1, in: chat)).total == 1)

            // Whoever presses again wants to play again.
            _ = try await stage.play(4242, in: chat, score: 60)
            #expect(try await players(stage) == 1)
        }
    }

    @Test(arguments: [1, 100])
    func `an erasure is known as long as launches lived when it was done, by the database's clock`(days: Int)
        async throws
    {
        try await Stage.with { stage in
            _ = try await stage.play(4242, in: chat, score: 50)
            let memory = Duration.seconds(days * 24 * 3600)
            _ = try await Administration(pool: stage.pool, actor: "ada", launchMemory: memory)
                .erase(Self.player)
            // The clock of the service goes years ahead.
            stage.clock.advance(by: .seconds(10 * 366 * 24 * 3600))
            func forget() async throws -> Int? {
                try await stage.pool.withSession { session throws(PostgresError) in
                    try session.execute(.erasedPlayersForget())
                }
                return try await stage.value(Int.self, "SELECT count(*) FROM erased_players")
            }
            #expect(try await forget() == 1)
            let kept = try await stage.value(
                Int.self,
                "SELECT (extract(epoch FROM remembered_until - erased_at) / 86400)::bigint FROM erased_players"
            )
            #expect(kept == max(days, 31))
            try await stage.sql("UPDATE erased_players SET remembered_until = now() - interval '1 second'")
            #expect(try await forget() == 0)
        }
    }

    @Test func `what was pressed before an erasure and is written after it stores nothing`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(4242, in: chat)
            let person = StageChat(instance: "4242", id: Self.player.rawValue)
            let profile = PlayerProfile(id: Self.player, firstName: "E", lastName: nil, username: nil)
            let before = stage.clock.now
            _ = try await erase(stage)
            #expect(try await stage.mentions(of: "4242").isEmpty)
            func write(at time: Instant) async throws {
                let (game, highscores) = (try await stage.currentGame(), stage.highscores)
                let instance = try #require(ChatInstance(person.instance))
                let press = PressFact(
                    game: game.id,
                    player: profile,
                    alias: ChatAlias(instance: instance, address: person.id),
                    title: nil,
                    target: person.message().stored,
                    pressedAt: time
                )
                let report = PressReport(
                    game: game.id,
                    bot: game.bot,
                    player: Self.player,
                    profile: profile,
                    chatInstance: instance,
                    target: person.message().stored,
                    reportedAt: time
                )
                try await highscores.presses.submit(press, for: Stage.bot)
                try await highscores.reports.submit(report, for: game.id)
                try await highscores.profiles.submit(
                    ProfileSighting(profile: profile, seenAt: time),
                    for: Stage.bot
                )
            }
            try await write(at: before)
            #expect(try await stage.mentions(of: "4242").isEmpty)
            try await write(at: stage.clock.now)
            #expect(try await players(stage) == 1)
        }
    }

    @Test func `an erasure waits for what is being written of presses`() async throws {
        try await Stage.with { stage in
            _ = try await stage.press(4242, in: chat)
            let done = Recorder<Bool>()
            try await stage.holding { session throws(PostgresError) in
                _ = try session.run(
                    .chatsLock(of: Stage.bot, isShared: true),
                    .erasuresGet(of: [Self.player], bot: Stage.bot)
                )
            } while: {
                Task {
                    _ = try await stage.administration.erase(Self.player)
                    done.record(true)
                }
                try await until {
                    try await stage.value(Int.self, "SELECT count(*) FROM pg_locks WHERE NOT granted") ?? 0
                        > 0
                }
            } end: { session throws(PostgresError) in
                let profile = PlayerProfile(id: Self.player, firstName: "New", lastName: nil, username: nil)
                _ = try session.execute(.playersUpsert([profile], bot: Stage.bot))
            }
            try await until { !done.all.isEmpty }
            #expect(try await players(stage) == 0)
        }
    }

    @Test(arguments: [true, false])
    func `a ban outlives an erasure without naming anybody, and can be taken back`(isWhole: Bool) async throws
    {
        try await Stage.with { stage in
            let administration = stage.administration
            let game = try await stage.currentGame()
            _ = try await stage.play(4242, in: chat, score: 50)
            _ = try await administration.ban(Self.player, from: isWhole ? .everywhere : .game(game))
            #expect(try await erase(stage).bans == 1)
            try await stage.sql("UPDATE deliveries SET state = 'done', lease = NULL, lease_until = NULL")
            try await stage.pool.transaction { session throws(PostgresError) in try session.erasuresPurge() }
            #expect(try await stage.mentions(of: "4242").isEmpty)
            #expect(
                try await administration.ban(Self.player, from: isWhole ? .everywhere : .game(game)).isEmpty
            )

            let answers = try await write([stage.launch(4242, in: chat), stage.launch(1, in: chat)], stage)
            #expect(answers[0] == .failure(.playerBanned))
            #expect(try answers[1].get()?.outcome == .newBest)
            try await until { stage.highscores.registry.isBanned(Self.player, from: game) }
            #expect(!stage.highscores.registry.isBanned(PlayerID(rawValue: 1), from: game))
            await #expect(throws: StageError.self) { try await stage.press(4242, in: chat) }
            #expect(try await players(stage) == 0)

            let lifted = try await administration.unban(Self.player, from: .everywhere)
            #expect(lifted.bans.map(\.game) == [isWhole ? nil : game.id])
            #expect(try await stage.mentions(of: "4242").isEmpty)
            try await until { !stage.highscores.registry.isBanned(Self.player, from: game) }
            #expect(try await stage.play(4242, in: chat, score: 60).outcome == .newBest)
        }
    }

    @Test func `scores of somebody banned and erased that are taken in from elsewhere stay off leaderboards`()
        async throws
    {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 10)
            _ = try await stage.administration.ban(Self.player, from: .everywhere)
            _ = try await stage.administration.erase(Self.player)
            let time = stage.clock.now
            _ = try await stage.administration.importScores(
                isDelivered: false,
                source: "test",
                feed: { take in
                    try take(
                        ImportedScore(
                            line: 1,
                            game: stage.game,
                            player: Self.player,
                            chat: nil,
                            score: 5000,
                            time: time
                        )
                    )
                }
            )
            #expect(try await stage.leaderboard(stage.launchToken(1, in: chat), scope: .global).total == 1)
            // On record again, the player can be named, and given back.
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM erased_bans") == 0)
            _ = try await stage.administration.unban(Self.player, from: .everywhere)
            #expect(try await stage.leaderboard(stage.launchToken(1, in: chat), scope: .global).total == 2)
        }
    }
}
