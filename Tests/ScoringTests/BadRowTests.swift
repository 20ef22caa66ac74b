import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What the database cannot take costs only itself, whatever it was batched with.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct BadRowTests {
    /// Telegram numbers people from 1 on, and the schema insists.
    private static let nobody = PlayerID(rawValue: -1)
    private static let bad = 17

    private func check(_ answers: [Result<Void, Refusal>]) {
        for (index, answer) in answers.enumerated() {
            switch answer {
            case .success: #expect(index != Self.bad)
            case .failure(.internal): #expect(index == Self.bad)
            case .failure(let refusal): Issue.record("refused with \(refusal)")
            }
        }
    }

    private func profile(_ index: Int) -> PlayerProfile {
        profile(index, bad: Self.bad)
    }

    private func profile(_ index: Int, bad: Int?) -> PlayerProfile {
        let id = index == bad ? Self.nobody : PlayerID(rawValue: Int64(index) + 1)
        return PlayerProfile(id: id, firstName: "P", lastName: nil, username: nil)
    }

    private func count(_ table: String, _ stage: Stage) async throws -> Int? {
        try await stage.value(Int.self, "SELECT count(*) FROM \(unescaped: table)")
    }

    @Test func `a press`() async throws {
        try await Stage.with { stage in
            let facts = (0..<40).map { index in
                PressFact(
                    game: stage.game,
                    player: profile(index),
                    alias: ChatAlias(
                        instance: ChatInstance(rawValue: Int64(index % 5) + 1),
                        address: TelegramChatID(rawValue: -Int64(index % 5) - 1)
                    ),
                    title: nil,
                    target: Target.inline("I\(index % 7)").stored,
                    pressedAt: stage.clock.now
                )
            }
            check(await stage.highscores.presses.submit(all: facts, for: Stage.bot))
            let (players, chats, targets) = try await (
                count("players", stage), count("chats", stage), count("targets", stage)
            )
            #expect(players == 39 && chats == 5 && targets == 34)
        }
    }

    @Test func `a name`() async throws {
        try await Stage.with { stage in
            let sightings = (0..<40).map { ProfileSighting(profile: profile($0), seenAt: stage.clock.now) }
            check(await stage.highscores.profiles.submit(all: sightings, for: Stage.bot))
            let players = try await count("players", stage)
            #expect(players == 39)
        }
    }

    /// No right, no disk, a damaged index, no memory, a trigger of somebody's.
    @Test(arguments: ["42501", "58030", "XX001", "53200", "P0001"])
    func `what ails the database is not looked for among the rows`(state: String) async throws {
        try await Stage.with { stage in
            let sightings = (0..<40).map {
                ProfileSighting(profile: profile($0, bad: nil), seenAt: stage.clock.now)
            }
            let attempts = try await stage.failing("players", with: state) {
                let answers = await stage.highscores.profiles.submit(all: sightings, for: Stage.bot)
                for answer in answers {
                    #expect(throws: Refusal.databaseUnavailable) { try answer.get() }
                }
            }
            // The list may have been taken in parts.
            #expect(attempts < 20)
            let answers = await stage.highscores.profiles.submit(all: sightings, for: Stage.bot)
            #expect(answers.allSatisfy { (try? $0.get()) != nil })
        }
    }

    @Test(arguments: ["40P01", "40001"])
    func `a batch that another transaction got in the way of is written again`(state: String) async throws {
        try await Stage.with { stage in
            let attempts = try await stage.failing("players", with: state, times: 1) {
                _ = try await stage.press(11, in: StageChat(1))
            }
            #expect(attempts == 2)
            #expect(try await count("players", stage) == 1)
            let game = try await stage.currentGame()
            let report = PressReport(
                game: game.id,
                bot: game.bot,
                player: PlayerID(rawValue: 12),
                profile: profile(11),
                chatInstance: ChatInstance(StageChat(1).instance),
                target: nil,
                reportedAt: stage.clock.now
            )
            _ = try await stage.failing("players", with: state, times: 1) {
                try await stage.highscores.reports.submit(report, for: game.id)
            }
            #expect(try await count("players", stage) == 2)
            _ = try await stage.failing("players", with: state, times: 1) {
                try await stage.highscores.profiles.submit(
                    ProfileSighting(profile: profile(30), seenAt: stage.clock.now),
                    for: Stage.bot
                )
            }
            #expect(try await count("players", stage) == 3)
        }
    }

    @Test(arguments: [true, false])
    func `a run`(isAppended: Bool) async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: StageChat(1), score: 1_000)
            let launch = stage.launch(11, in: StageChat(1))
            let runs = try (0..<40).map { index in
                FinishedRun(
                    Run(
                        id: RunID(Identifier128(high: 0, low: UInt64(index))),
                        launch: launch,
                        startedAt: stage.clock.now,
                        lifetime: .seconds(60)
                    ),
                    score: try #require(Score(Int32(index))),
                    // No JSON, which no edge lets through.
                    metadata: index == Self.bad ? [UInt8(ascii: "{")] : nil
                )
            }
            let queue = stage.highscores.submissions
            if isAppended {
                check(await queue.appends.submit(all: runs, for: stage.game).map { $0.map { _ in } })
            } else {
                check(await queue.writes.submit(all: runs, for: stage.game).map { $0.map { _ in } })
            }
            #expect(try await count("scores", stage) == 40)
        }
    }
}
