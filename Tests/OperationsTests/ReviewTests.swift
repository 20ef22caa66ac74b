import Leaderboards
import Outbox
import Postgres
import Operations
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Runs that break rules of their game wait for an operator, count with a remark, or leave a note.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ReviewTests {
    private let chat = StageChat(1)
    private let lead = Lead()
    private static let holding = ScoreBounds(maximum: 100, outcomes: [.maximumScore: .hold])

    private func reviews(
        _ stage: Stage,
        _ change: (inout ReviewFilter) -> Void = { _ in }
    ) async throws -> [ReviewRecord] {
        var filter = ReviewFilter()
        change(&filter)
        return try await stage.administration.reviews(filter, limit: 100)
    }

    private func decide(
        _ stage: Stage,
        _ decision: Correction,
        _ runs: [RunID] = [],
        isDryRun: Bool = false
    ) async throws -> OperationChange {
        var filter = ReviewFilter()
        filter.runs = runs
        let terms = ChangeTerms(reason: "seen", isDryRun: isDryRun)
        return try await stage.administration.decide(filter, decision, terms: terms)
    }

    private func entries(_ stage: Stage) async throws -> Int? {
        try await stage.value(Int.self, "SELECT count(*) FROM entries")
    }

    @Test(arguments: GameRules.Keep.allCases)
    func `a held run is on no leaderboard, and answered alike when it is repeated`(keep: GameRules.Keep)
        async throws
    {
        try await Stage.with {
            $0.rules = GameRules(keep: keep, bounds: Self.holding)
        } _: { stage in
            _ = try await stage.play(11, in: chat, score: 70)
            let token = stage.launchToken(11, in: chat)
            let receipt = try await stage.submit(101, with: token, key: "a")
            #expect(receipt.outcome == .held && receipt.reasons == ["above_max_score"])
            #expect(receipt.best == 70 && receipt.places.first?.rank == 1)
            #expect(try await stage.submit(101, with: token, key: "a") == receipt.replayed)
            let found = try await reviews(stage)
            #expect(found.map(\.key.run) == [receipt.run] && found.map(\.state) == [.held])
            #expect(found.map(\.reasons) == [["above_max_score"]] && found.map(\.score.value) == [101])
            #expect(found.first?.chat?.description == chat.instance && found.first?.outcome == .hold)
            #expect(try await LogModel.lines(stage).count == entries(stage))
        }
    }

    @Test func `what a board of a game holds is reviewed as that board's`() async throws {
        try await Stage.with {
            $0.rules = GameRules(bounds: Self.holding)
        } _: { stage in
            var hard = GameChanges()
            hard.set(\.rules.bounds.maximum, to: .some(10))
            let board = try await stage.declare("hard", hard)
            let run = try stage.highscores.startRun(launchToken: stage.launchToken(11, in: chat))
            let scores = try [("main", Int32(101)), ("hard", 11)].map {
                BoardScore($0, try #require(Score($1)))
            }
            _ = try await stage.highscores.submit(FinishedRun(run.run, scores: scores, isNamed: true))
            let found = try await reviews(stage)
            #expect(Set(found.map(\.gameName)) == ["arcade_bot/tetris", "arcade_bot/tetris:hard"])
            #expect(try await reviews(stage) { $0.games = [board.id] }.map(\.score.value) == [11])
            var filter = ReviewFilter()
            filter.games = [board.id]
            _ = try await stage.administration.decide(filter, .accept)
            #expect(try await stage.values(GameID.self, "SELECT DISTINCT game_id FROM boards") == [board.id])
        }
    }

    @Test func `an accepted run counts when and where it was played, and reaches Telegram as any other`()
        async throws
    {
        try await Stage.with {
            $0.rules.bounds = Self.holding
        } _: { stage in
            let launch = try await stage.press(11, in: chat)
            let run = try stage.highscores.startRun(launchToken: launch)
            stage.clock.advance(by: .seconds(60))
            let held = try await stage.submit(500, with: run.runToken)
            let acceptedAt = stage.clock.now
            #expect(try await stage.submit(500, with: run.runToken) == held.replayed)
            // The window of its start is long over, and others came meanwhile.
            stage.clock.advance(by: .seconds(8 * 24 * 3600))
            _ = try await stage.play(12, in: chat, score: 100)
            let trial = try await decide(stage, .accept, isDryRun: true)
            #expect(trial.runs.count == 1 && trial.deliveries == 1)
            #expect(try await reviews(stage).map(\.state) == [.held])
            let change = try await decide(stage, .accept)
            #expect(change.rebuild.entriesAdded == trial.rebuild.entriesAdded)
            let reader = stage.launchToken(12, in: chat)
            let page = try await stage.leaderboard(reader, scope: .chat, window: .all)
            #expect(page.lines.map(\.score) == [500, 100])
            #expect(page.lines.first?.achievedAt == acceptedAt)
            let then = try await stage.leaderboard(
                reader,
                scope: .chat,
                window: .week,
                at: run.run.startedAt
            )
            #expect(then.lines.map(\.score) == [500])
            let now = try await stage.leaderboard(reader, scope: .chat, window: .week)
            #expect(now.lines.map(\.score) == [100])
            let wanted = try await stage.value(
                String.self,
                "SELECT concat(desired_score, ' ', is_correction) FROM deliveries WHERE player_id = 11"
            )
            #expect(wanted == "500 f")
            #expect(try await reviews(stage).map(\.state) == [.accepted])
            #expect(try await decide(stage, .accept).isEmpty)
            let audit = try await stage.value(
                String.self,
                "SELECT concat_ws(' ', action, subject, reason) FROM audit WHERE action LIKE 'score.%'"
            )
            #expect(audit == "score.accept arcade_bot/tetris player 11 seen")
        }
    }

    @Test func `a run that was accepted can be refused, and is taken off Telegram by force`() async throws {
        try await Stage.with {
            $0.rules.bounds = Self.holding
        } _: { stage in
            let held = try await stage.play(11, in: chat, score: 500)
            _ = try await decide(stage, .accept, [held.run])
            #expect(try await entries(stage) == 8)
            let change = try await decide(stage, .refuse, [held.run])
            #expect(change.rebuild.entriesRemoved == 8)
            #expect(try await entries(stage) == 0)
            #expect(try await reviews(stage).map(\.state) == [.refused])
            #expect(try await reviews(stage) { $0.states = [.held, .accepted] }.isEmpty)
        }
    }

    @Test func `runs are found by what they have in common`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(
                minimum: 10,
                maximum: 100,
                outcomes: [.maximumScore: .hold, .minimumScore: .hold]
            )
        } _: { stage in
            let (first, other) = (try await stage.play(11, in: chat, score: 101), StageChat(2))
            stage.clock.advance(by: .seconds(10))
            let second = try await stage.play(12, in: other, score: 5)
            _ = try await stage.play(12, in: other, score: 50)
            let since = stage.clock.now
            let known = try await stage.administration.chat(named: try #require(ChatInstance(other.instance)))
            #expect(try await reviews(stage).map(\.key.run) == [first.run, second.run])
            #expect(
                try await reviews(stage) { $0.player = PlayerID(rawValue: 11) }.map(\.key.run) == [first.run]
            )
            #expect(try await reviews(stage) { $0.chat = known.id }.map(\.key.run) == [second.run])
            #expect(try await reviews(stage) { $0.reason = "below_min_score" }.map(\.key.run) == [second.run])
            #expect(try await reviews(stage) { $0.since = since }.map(\.key.run) == [second.run])
            #expect(try await reviews(stage) { $0.games = [GameID(rawValue: 99)] }.isEmpty)
            #expect(try await reviews(stage) { $0.isShadow = true }.isEmpty)
            let unknown = RunID(Identifier128(high: 1, low: 2))
            await #expect(throws: OperationError.self) {
                try await decide(stage, .accept, [first.run, unknown])
            }
            #expect(try await reviews(stage).map(\.state) == [.held, .held])
        }
    }

    @Test func `a rule that accepts lets the run count and tells of it`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(maximum: 100, outcomes: [.maximumScore: .accept])
        } _: { stage in
            let token = stage.launchToken(11, in: chat)
            let receipt = try await stage.submit(101, with: token, key: "a")
            #expect(receipt.outcome == .newBest && receipt.reasons == ["above_max_score"])
            #expect(try await stage.submit(101, with: token, key: "a") == receipt.replayed)
            #expect(try await reviews(stage).isEmpty)
        }
    }

    @Test func `rules in shadow only leave a note, whatever the run does`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(
                minimum: 10,
                maximum: 100,
                outcomes: [.minimumScore: .hold],
                isShadow: true
            )
        } _: { stage in
            let token = stage.launchToken(11, in: chat)
            let best = try await stage.submit(101, with: token, key: "a")
            let worse = try await stage.submit(5, with: token, key: "b")
            #expect(best.outcome == .newBest && best.reasons.isEmpty)
            #expect(best.shadow?.outcome == .refuse && best.shadow?.codes == ["above_max_score"])
            #expect(worse.outcome == .notBetter && worse.reasons.isEmpty && worse.shadow?.outcome == .hold)
            // Told once, however often the run is repeated.
            #expect(try await stage.submit(101, with: token, key: "a") == best.replayed)
            #expect(best.replayed.shadow == nil)
            #expect(try await reviews(stage).isEmpty)
            let noted = try await reviews(stage) { $0.isShadow = true }
            #expect(noted.map(\.outcome) == [.refuse, .hold] && noted.allSatisfy { $0.state == nil })
            #expect(noted.map(\.reasons) == [["above_max_score"], ["below_min_score"]])
        }
    }

    @Test func `a run that was logged before a rule was set is not held by its repetition`() async throws {
        try await Stage.with { stage in
            let token = stage.launchToken(11, in: chat)
            let first = try await stage.submit(101, with: token, key: "a")
            var changes = GameChanges()
            changes.set(\.rules.bounds.maximum, to: 100)
            changes.set([.maximumScore: .hold])
            _ = try await stage.administration.setGame(stage.currentGame(), changes)
            stage.clock.advance(by: .seconds(1))
            #expect(try await stage.submit(101, with: token, key: "a") == first.replayed)
            #expect(try await reviews(stage).isEmpty)
            changes = GameChanges()
            changes.set(\.rules.bounds.isShadow, to: true)
            _ = try await stage.administration.setGame(stage.currentGame(), changes)
            #expect(try await stage.submit(101, with: token, key: "a") == first.replayed)
            #expect(try await reviews(stage) { $0.isShadow = true }.isEmpty)
        }
    }

    @Test func `a decision is undone, and so are rules`() async throws {
        try await Stage.with {
            $0.rules.bounds = Self.holding
        } _: { stage in
            let held = try await stage.play(11, in: chat, score: 500)
            let audit = try #require(try await decide(stage, .refuse, [held.run]).audit)
            _ = try await stage.administration.undo(audit)
            #expect(try await reviews(stage).map(\.state) == [.held])
            let accepted = try #require(try await decide(stage, .accept).audit)
            #expect(try await entries(stage) == 8)
            _ = try await stage.administration.undo(accepted)
            #expect(try await reviews(stage).map(\.state) == [.held])
            #expect(try await entries(stage) == 0)

            let rules = try await stage.currentGame().rules
            var changes = GameChanges()
            changes.set([.maximumScore: .refuse, .minimumScore: .accept])
            changes.set(\.rules.bounds.maximumPerHour, to: 7)
            changes.set(\.rules.bounds.isShadow, to: true)
            _ = try await stage.administration.setGame(stage.currentGame(), changes)
            #expect(try await stage.currentGame().rules.bounds.outcomes == [.minimumScore: .accept])
            let last = try await stage.value(AuditID.self, "SELECT max(audit_id) FROM audit")
            _ = try await stage.administration.undo(try #require(last))
            #expect(try await stage.currentGame().rules == rules)
        }
    }

    @Test func `nothing is left of held runs of a player who is erased`() async throws {
        try await Stage.with {
            $0.rules.bounds = Self.holding
        } _: { stage in
            _ = try await stage.play(11, in: chat, score: 500)
            let kept = try await stage.play(12, in: chat, score: 600)
            let game = try await stage.currentGame()
            let score = ServerScore(id: "a", player: PlayerID(rawValue: 11), score: try #require(Score(5)))
            _ = try await stage.highscores.submit([score], of: game)
            _ = try await stage.administration.erase(PlayerID(rawValue: 11))
            #expect(try await reviews(stage).map(\.key.run) == [kept.run])
            let rows = try await stage.value(
                Int.self,
                "SELECT (SELECT count(*) FROM reviews) + (SELECT count(*) FROM server_runs)"
            )
            #expect(rows == 1)
        }
    }

    @Test func `every breach of a rule is told of once`() async throws {
        let (breaches, breach) = AsyncStream.makeStream(of: RuleBreach.self)
        try await Stage.with {
            $0.rules.bounds = Self.holding
            $0.onPlay = { if case .breach(let told) = $0 { breach.yield(told) } }
        } _: { stage in
            let token = stage.launchToken(11, in: chat)
            _ = try await stage.submit(100, with: token, key: "a")
            _ = try await stage.submit(101, with: token, key: "b")
            _ = try await stage.submit(101, with: token, key: "b")
            var changes = GameChanges()
            changes.set(\.rules.bounds.isShadow, to: true)
            _ = try await stage.administration.setGame(stage.currentGame(), changes)
            _ = try await stage.submit(5, with: token, key: "c")
            _ = try await stage.submit(102, with: token, key: "d")
        }
        breach.finish()
        let told = await breaches.reduce(into: []) { $0.append($1) }
        #expect(
            told == [
                RuleBreach(codes: ["above_max_score"], outcome: .hold, isShadow: false),
                RuleBreach(codes: ["above_max_score"], outcome: .hold, isShadow: true),
            ]
        )
    }

    @Test func `of one player so many scores are taken within any hour, exactly`() async throws {
        try await Stage.with {
            $0.rules.bounds = ScoreBounds(maximumPerHour: 3)
            $0.instances = 2
        } _: { stage in
            let token = stage.launchToken(11, in: chat)
            let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await stage.submit(Int32(number), with: token, key: "\(number)", on: number % 2)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let refused = receipts.filter { $0.outcome == .refused }
            #expect(refused.count == 17 && refused.allSatisfy { $0.reasons == ["too_often"] })
            // Another player has an hour of their own.
            #expect(try await stage.play(12, in: chat, score: 1).reasons.isEmpty)
            stage.clock.advance(by: .seconds(3599))
            #expect(try await stage.submit(1, with: token, key: "late").reasons == ["too_often"])
            stage.clock.advance(by: .seconds(1))
            // The one that was refused just now counts towards the hour, too.
            #expect(try await stage.submit(1, with: token, key: "1 h").reasons.isEmpty)
            #expect(try await stage.submit(1, with: token, key: "1 h again").reasons.isEmpty)
            #expect(try await stage.submit(1, with: token, key: "one more").reasons == ["too_often"])
        }
    }
}
