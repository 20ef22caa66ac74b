import Leaderboards
import Operations
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Whatever changes what may be remembered of a game or a leaderboard draws its epoch or its version anew.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct EpochTests {
    /// Whose epochs a step renews.
    enum Renewal: Sendable {
        case none
        case game
        /// Of this game and the bot's other one.
        case bot
        case everything
    }

    /// One thing that somebody does.
    struct Step: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let renewal: Renewal
        /// Whether leaderboards change by it.
        let changesBoards: Bool
        /// What is done before, which is not looked at.
        let prepare: @Sendable (Stage) async throws -> Void
        let act: @Sendable (Stage) async throws -> Void

        init(
            _ name: String,
            _ renewal: Renewal,
            changesBoards: Bool = false,
            after prepare: @escaping @Sendable (Stage) async throws -> Void = { _ in },
            _ act: @escaping @Sendable (Stage) async throws -> Void
        ) {
            testDescription = name
            self.renewal = renewal
            self.changesBoards = changesBoards
            self.prepare = prepare
            self.act = act
        }
    }

    /// What is drawn, and what of.
    private struct Picture {
        var epochs: [String: GameEpoch] = [:]
        var versions: [BoardID: BoardVersion] = [:]
        var entries: [BoardID: Set<String>] = [:]
    }

    private static let chats = [StageChat(1), StageChat(2)]
    private static let bounds = ScoreBounds(maximum: 1000, outcomes: [.maximumScore: .hold])

    static let steps: [Step] = [
        Step("a press", .none) { _ = try await $0.press(1, in: chats[0]) },
        Step("a press in a new chat", .none) { _ = try await $0.press(1, in: StageChat(3)) },
        Step("a run that betters nothing", .none) { _ = try await $0.play(1, in: chats[0], score: 1) },
        Step("a run that is held", .none) { _ = try await $0.play(1, in: chats[0], score: 2000) },
        Step("a run that betters", .none, changesBoards: true) {
            _ = try await $0.play(1, in: chats[0], score: 400)
        },
        Step("a newcomer", .none, changesBoards: true) { _ = try await $0.play(9, in: chats[0], score: 1) },
        Step("settings as they are", .none) { try await set($0) { $0.set(\.title, to: "Tetris") } },
        Step("a title", .game) { try await set($0) { $0.set(\.title, to: "T") } },
        Step("a bound", .game) { try await set($0) { $0.set(\.rules.bounds.maximum, to: 900) } },
        Step("a game that closes", .game) { try await set($0) { $0.set(\.isEnabled, to: false) } },
        Step("a zone", .game, changesBoards: true) {
            try await set($0) { $0.set(\.rules.zone, to: "Pacific/Kiritimati") }
        },
        Step("another order", .game, changesBoards: true) {
            try await set($0) { changes in
                changes.set(\.rules.order, to: .lower)
                changes.set(\.rules.telegramScore, to: .off)
            }
        },
        Step("a rebuild of what is right", .none, rebuild),
        Step(
            "a rebuild of what is damaged",
            .game,
            changesBoards: true,
            after: { try await $0.sql("UPDATE entries SET score_key = -5 WHERE player_id = 1") },
            rebuild
        ),
        Step("a ban from the game", .game, changesBoards: true) { stage in
            try await ban(from: .game(stage.currentGame()), stage)
        },
        Step("a ban from everything", .everything, changesBoards: true) {
            try await ban(from: .everywhere, $0)
        },
        Step("the same ban again", .none, after: { try await ban(from: .everywhere, $0) }) {
            try await ban(from: .everywhere, $0)
        },
        Step("a ban of somebody unknown", .everything) { stage in
            _ = try await stage.administration.ban(PlayerID(rawValue: 77), from: .everywhere)
        },
        Step(
            "the end of a ban",
            .everything,
            changesBoards: true,
            after: { try await ban(from: .everywhere, $0) }
        ) { stage in _ = try await stage.administration.unban(PlayerID(rawValue: 1), from: .everywhere) },
        Step("a rehearsal of a ban", .none) { stage in
            _ = try await stage.administration.ban(
                PlayerID(rawValue: 1),
                from: .everywhere,
                terms: ChangeTerms(isDryRun: true)
            )
        },
        Step("a run taken off", .game, changesBoards: true) { try await correct(.remove, $0) },
        Step("a run taken off that makes no entry", .game) { stage in
            try await correct(.remove, score: 50, stage)
        },
        Step("a run put back", .game, changesBoards: true, after: { try await correct(.remove, $0) }) {
            try await correct(.restore, $0)
        },
        Step("a run of another score", .game, changesBoards: true) { stage in
            try await correct(.set(#require(Score(70))), stage)
        },
        Step("a held run accepted", .game, changesBoards: true, after: hold) { stage in
            _ = try await stage.administration.decide(ReviewFilter(), .accept)
        },
        Step("a held run refused", .game, after: hold) { stage in
            _ = try await stage.administration.decide(ReviewFilter(), .refuse)
        },
        Step(
            "a correction undone",
            .game,
            changesBoards: true,
            after: { try await correct(.remove, $0) },
            undo
        ),
        Step("a chat's zone", .bot, changesBoards: true) { try await setZone("Pacific/Kiritimati", $0) },
        Step("a chat's zone as it is", .none) { try await setZone(nil, $0) },
        Step("two chats merged", .bot, changesBoards: true, merge),
        Step("two chats merged by a press", .bot, changesBoards: true) { stage in
            let both = StageChat(instance: chats[0].instance, id: chats[1].id.rawValue)
            _ = try await stage.press(1, in: both)
            try await until { try await stage.value(Int.self, "SELECT count(merged_into) FROM chats") == 1 }
        },
        Step("two chats split", .bot, changesBoards: true, after: merge, undo),
        Step("a name hidden", .none) { stage in
            _ = try await stage.administration.anonymise(PlayerID(rawValue: 1))
        },
        Step("an erasure", .everything, changesBoards: true) { stage in
            _ = try await stage.administration.erase(PlayerID(rawValue: 1))
        },
        Step("an import", .game, changesBoards: true) { try await bring(score: 500, in: $0) },
        Step("an import that betters nothing", .none) { try await bring(score: 1, in: $0) },
    ]

    @Test(arguments: steps)
    func `what is remembered holds until it changes`(step: Step) async throws {
        try await Stage.with {
            $0.rules.bounds = Self.bounds
        } _: { stage in
            try await Self.addSiblings(to: stage)
            for (player, chat, score) in [(1, 0, 50), (1, 0, 300), (2, 0, 200), (3, 1, 100)] {
                _ = try await stage.play(Int64(player), in: Self.chats[chat], score: Int32(score))
                stage.clock.advance(by: .seconds(1))
            }
            try await step.prepare(stage)
            let before = try await Self.picture(stage)
            try await step.act(stage)
            let after = try await Self.picture(stage)

            let renewed = Set(before.epochs.keys.filter { before.epochs[$0] != after.epochs[$0] })
            switch step.renewal {
            case .none: #expect(renewed == [])
            case .game: #expect(renewed == ["tetris"])
            case .bot: #expect(renewed == ["tetris", "sibling"])
            case .everything: #expect(renewed == ["tetris", "sibling", "stranger"])
            }
            let changed = Set(before.entries.keys.filter { before.entries[$0] != after.entries[$0] })
            #expect(changed.isEmpty != step.changesBoards || after.entries.count > before.entries.count)
            #expect(Set(before.versions.keys.filter { before.versions[$0] != after.versions[$0] }) == changed)
        }
    }

    @Test(arguments: steps)
    func `what is remembered is not gone by when it no longer holds`(step: Step) async throws {
        try await Stage.with {
            $0.rules.bounds = Self.bounds
            $0.instances = 2
            $0.memory = [1 << 20, 0]
        } _: { stage in
            let plays: [(player: Int64, chat: StageChat)] = [
                (1, Self.chats[0]), (2, Self.chats[0]), (3, Self.chats[1]),
            ]
            for (index, play) in plays.enumerated() {
                for score in [Int32(50), 300 - 100 * Int32(index)] {
                    _ = try await stage.play(play.player, in: play.chat, score: score)
                }
                stage.clock.advance(by: .seconds(1))
            }
            try await step.prepare(stage)
            let launches = plays.map { stage.launchToken($0.player, in: $0.chat) }
            func submit(_ score: Int32, on instance: Int) async -> [Result<Receipt, Refusal>] {
                var answers: [Result<Receipt, Refusal>] = []
                for launch in launches {
                    answers.append(await self.submit(score, with: launch, on: instance, stage))
                }
                return answers
            }
            // Until all of it is remembered, as far as anybody still plays.
            for score in Int32(1)...3 { _ = await submit(score, on: 0) }
            let before = stage.highscores.memory.statistics
            #expect(before.hits > 0)
            try await step.act(stage)
            let told = await submit(1, on: 0)
            for (answer, other) in zip(told, await submit(1, on: 1)) {
                switch (answer, other) {
                case (.success(let answer), .success(let other)) where answer.outcome == .notBetter:
                    #expect(answer.best == other.best && answer.places == other.places)
                case (.success(let answer), .success): #expect(answer.outcome != .notBetter)
                default: #expect(answer.failure == other.failure)
                }
            }
            if step.renewal == .none, !step.changesBoards {
                #expect(stage.highscores.memory.statistics.failures == before.failures)
            }
        }
    }

    private func submit(
        _ score: Int32,
        with launch: String,
        on instance: Int,
        _ stage: Stage
    ) async -> Result<Receipt, Refusal> {
        do throws(Refusal) {
            guard let score = Score(score) else { throw .internal("no score") }
            let highscores = stage.instances[instance]
            let run = try highscores.run(of: launch) {
                "\(instance) \(score) \(UInt64.random(in: 0...UInt64.max))"
            }
            let asked = [AskedBoard(.globalAll), AskedBoard(BoardKind(scope: .chat, window: .day))]
            return .success(
                try await highscores.submit(FinishedRun(run, score: score, asked: asked))
            )
        } catch { return .failure(error) }
    }

    /// Another game of the bot, and one of another bot.
    private static func addSiblings(to stage: Stage) async throws {
        try await stage.pool.transaction { session throws(PostgresError) in
            let stranger = BotID(rawValue: 7_000_002)
            try session.execute(.botUpsert(stranger, username: "other_bot"))
            for (bot, name) in [(Stage.bot, "sibling"), (stranger, "stranger")] {
                _ = try session.run(
                    .gameInsert(GameDraft(bot: bot, shortName: name, title: name, url: Stage.gameURL))
                )
            }
        }
    }

    private static func picture(_ stage: Stage) async throws -> Picture {
        try await stage.pool.withSession { session throws(PostgresError) in
            var picture = Picture()
            let epochs = try session.query("SELECT short_name, epoch FROM games").decode(
                String.self,
                GameEpoch.self
            )
            picture.epochs = Dictionary(uniqueKeysWithValues: epochs)
            let versions = try session.query("SELECT board_id, version FROM boards").decode(
                BoardID.self,
                BoardVersion.self
            )
            picture.versions = Dictionary(uniqueKeysWithValues: versions)
            for (board, entry) in try session.query("SELECT board_id, e::text FROM entries e").decode(
                BoardID.self,
                String.self
            ) {
                picture.entries[board, default: []].insert(entry)
            }
            return picture
        }
    }

    // MARK: - Steps

    private static func set(_ stage: Stage, _ change: (inout GameChanges) -> Void) async throws {
        var changes = GameChanges()
        change(&changes)
        _ = try await stage.administration.setGame(stage.currentGame(), changes)
    }

    @Sendable private static func rebuild(_ stage: Stage) async throws {
        _ = try await stage.administration.rebuildGame(stage.currentGame())
    }

    private static func ban(from scope: BanScope, _ stage: Stage) async throws {
        _ = try await stage.administration.ban(PlayerID(rawValue: 1), from: scope)
    }

    /// Corrects a run of player 1.
    private static func correct(_ correction: Correction, score: Int32 = 300, _ stage: Stage) async throws {
        let run = try await stage.value(
            RunID.self,
            "SELECT run_id FROM scores WHERE player_id = 1 AND score = \(score)"
        )
        _ = try await stage.administration.correct(
            .runs([try #require(run)]),
            of: stage.currentGame(),
            correction
        )
    }

    @Sendable private static func hold(_ stage: Stage) async throws {
        _ = try await stage.play(2, in: chats[0], score: 1500)
    }

    @Sendable private static func undo(_ stage: Stage) async throws {
        let latest = try #require(try await stage.administration.audit(AuditFilter(), limit: 1).first)
        _ = try await stage.administration.undo(latest.id)
    }

    private static func chat(_ number: Int, _ stage: Stage) async throws -> ChatRecord {
        try await stage.administration.chat(named: #require(ChatInstance(chats[number].instance)))
    }

    private static func setZone(_ zone: String?, _ stage: Stage) async throws {
        _ = try await stage.administration.setChatZone(chat(0, stage), to: zone)
    }

    @Sendable private static func merge(_ stage: Stage) async throws {
        _ = try await stage.administration.merge((chat(0, stage), chat(1, stage)))
    }

    private static func bring(score: Int32, in stage: Stage) async throws {
        let line = ImportedScore(
            line: 1,
            game: stage.game,
            player: PlayerID(rawValue: 1),
            chat: ChatInstance(chats[0].instance),
            score: score,
            time: stage.clock.now
        )
        _ = try await stage.administration.importScores(isDelivered: false, source: "test") { take in
            try take(line)
        }
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
