import Scoring
import ScoringSupport
import JSON
import Leaderboards
import Outbox
import Postgres
import Storage
import TestSupport
import Testing

@testable import Operations

/// What operators do to scores and players reaches boards and Telegram's tables, is on record, and can be undone.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ModerationTests {
    private let chat = StageChat(1)
    private let other = StageChat(2)

    private func scores(_ stage: Stage, _ scope: Scope = .chat, in chat: StageChat? = nil) async throws
        -> [Int64: Int64]
    {
        let page = try await stage.leaderboard(stage.launchToken(99, in: chat ?? self.chat), scope: scope)
        return Dictionary(
            uniqueKeysWithValues: page.lines.map { (Int64($0.playerID) ?? Int64($0.rank), $0.score) }
        )
    }

    private func wanted(_ stage: Stage, _ player: Int64) async throws -> [Int32?] {
        try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                "SELECT desired_score FROM deliveries WHERE player_id = \(player) ORDER BY chat_id"
            ).map { row throws(PostgresError) in try row.decode(Int32?.self) }
        }
    }

    private func conflicts(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return false
        } catch OperationError.conflict { return true }
    }

    @Test func `a filter removes what it names, and undoing puts it back`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            _ = try await stage.play(1, in: chat, score: 9000)
            _ = try await stage.play(1, in: other, score: 9500)
            _ = try await stage.play(2, in: chat, score: 9100)
            var filter = RunFilter()
            filter.player = PlayerID(rawValue: 1)
            filter.scoreOver = 8999
            filter.chat = try await stage.administration.chat(named: #require(ChatInstance(chat.instance))).id
            let administration = stage.administration
            let game = try await stage.currentGame()
            let done = try await administration.correct(.matching(filter), of: game, .remove)
            #expect(done.runs.count == 1 && done.runs[0].before.score.value == 9000)
            #expect(try await scores(stage) == [1: 100, 2: 9100])
            #expect(try await scores(stage, in: other) == [1: 9500])
            #expect(try await wanted(stage, 1) == [100, 9500])
            // What does not count is not meant again; what was taken off is what restoring means.
            #expect(try await administration.correct(.matching(filter), of: game, .remove).isEmpty)
            let audit = try #require(done.audit)
            let undone = try await administration.undo(audit)
            #expect(try await scores(stage) == [1: 9000, 2: 9100])
            #expect(try await conflicts { _ = try await administration.undo(audit) })
            _ = try await administration.undo(#require(undone.audit))
            #expect(try await scores(stage) == [1: 100, 2: 9100])
            let back = try await administration.correct(.matching(filter), of: game, .restore)
            #expect(back.runs.count == 1)
            #expect(try await scores(stage) == [1: 9000, 2: 9100])
            let run = RunSelection.runs(back.runs.map(\.after.key.run))
            let first = try await administration.correct(run, of: game, .set(#require(Score(70))))
            let second = try await administration.correct(run, of: game, .set(#require(Score(80))))
            #expect(try await conflicts { _ = try await administration.undo(#require(first.audit)) })
            _ = try await administration.undo(#require(second.audit))
            _ = try await administration.undo(#require(first.audit))
            #expect(try await scores(stage) == [1: 9000, 2: 9100])
        }
    }

    /// Bans player 1 from everything.
    private func ban(_ stage: Stage, _ terms: ChangeTerms) async throws -> OperationChange {
        try await stage.administration.ban(PlayerID(rawValue: 1), from: .everywhere, terms: terms)
    }

    @Test func `a plan is carried out as shown, or not at all`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            let shown = try await ban(stage, ChangeTerms(isDryRun: true))
            #expect(try await scores(stage) == [1: 100])
            _ = try await stage.play(1, in: chat, score: 200)
            #expect(
                try await conflicts { _ = try await ban(stage, ChangeTerms(plan: shown.plan)) }
            )
            #expect(try await scores(stage) == [1: 200])
            let again = try await ban(stage, ChangeTerms(isDryRun: true))
            await #expect(throws: OperationError.self) {
                _ = try await ban(stage, ChangeTerms(maximumRows: 1))
            }
            // Others may play meanwhile.
            _ = try await stage.play(2, in: chat, score: 300)
            let done = try await ban(stage, ChangeTerms(plan: again.plan, maximumRows: again.rows))
            #expect(done.rows == again.rows)
            #expect(try await scores(stage) == [2: 300])
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM audit") == 1)
        }
    }

    @Test func `a plan is not carried out if any of many entries moved since`() async throws {
        try await Stage.with { stage in
            for number in 1...30 {
                _ = try await stage.play(1, in: StageChat(Int64(number)), score: number == 1 ? 900 : 100)
            }
            let shown = try await ban(stage, ChangeTerms(isDryRun: true))
            #expect(shown.rebuild.sample.count < shown.rebuild.entriesRemoved)
            // As many entries as before, of which those of one chat changed.
            _ = try await stage.play(1, in: StageChat(30), score: 200)
            #expect(
                try await conflicts { _ = try await ban(stage, ChangeTerms(plan: shown.plan)) }
            )
            let again = try await ban(stage, ChangeTerms(isDryRun: true))
            let done = try await ban(stage, ChangeTerms(plan: again.plan))
            #expect(done.rebuild.digest == again.rebuild.digest && done.rows == again.rows)
        }
    }

    @Test func `settings and zones are set back, unless somebody changed them since`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            let administration = stage.administration
            var changes = GameChanges()
            changes.set(\.rules.bounds.maximum, to: 500)
            changes.set(\.rules.zone, to: "Asia/Tokyo")
            changes.set(\.rules.seasons, to: [stage.clock.now])
            let first = try await administration.setGame(stage.currentGame(), changes)
            changes = GameChanges()
            changes.set(\.isEnabled, to: false)
            let second = try await administration.setGame(
                stage.currentGame(),
                changes,
                action: "game.disable"
            )
            let back = try await administration.undo(#require(first.audit))
            #expect(back.settings.map(\.name) == ["zone", "seasons", "max_score"])
            #expect(try await stage.currentGame().rules == first.games?.before.rules)
            _ = try await administration.undo(#require(second.audit))
            #expect(try await stage.currentGame().isEnabled)
            changes = GameChanges()
            changes.set(\.rules.bounds.maximum, to: 700)
            _ = try await administration.setGame(stage.currentGame(), changes)
            #expect(try await conflicts { _ = try await administration.undo(#require(back.audit)) })
            let record = try await administration.chat(named: #require(ChatInstance(chat.instance)))
            let zone = try await administration.setChatZone(record, to: "Asia/Tokyo")
            _ = try await administration.undo(#require(zone.audit))
            #expect(try await administration.chat(named: record.instances[0]).zone == nil)
        }
    }

    @Test func `setting back is not carried out either if an entry moved since`() async throws {
        try await Stage.with { stage in
            let administration = stage.administration
            var changes = GameChanges()
            changes.set(\.rules.seasons, to: [stage.clock.now + .seconds(-3600)])
            let change = try await administration.setGame(stage.currentGame(), changes)
            let audit = try #require(change.audit)
            _ = try await stage.play(1, in: chat, score: 100)
            let shown = try await administration.undo(audit, terms: ChangeTerms(isDryRun: true))
            #expect(shown.rebuild.entriesRemoved == 2)
            _ = try await stage.play(1, in: chat, score: 200)
            let plan = ChangeTerms(plan: shown.plan)
            #expect(try await conflicts { _ = try await administration.undo(audit, terms: plan) })
            let again = try await administration.undo(audit, terms: ChangeTerms(isDryRun: true))
            let done = try await administration.undo(audit, terms: ChangeTerms(plan: again.plan))
            #expect(done.rebuild.entriesRemoved == 2)
        }
    }

    @Test func `a hidden name stays hidden, whoever launches`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            let administration = stage.administration
            let done = try await administration.anonymise(PlayerID(rawValue: 1))
            #expect(done.namesHidden == 1)
            _ = try await stage.play(1, in: chat, score: 200)
            let page = try await stage.leaderboard(stage.launchToken(1, in: chat))
            #expect(page.lines.map(\.name) == [nil] && page.lines.map(\.username) == [nil])
            #expect(page.lines.map(\.score) == [200])
            #expect(try await administration.anonymise(PlayerID(rawValue: 1)).isEmpty)
            #expect(try await conflicts { _ = try await administration.undo(#require(done.audit)) })
            // The version before writes names without asking.
            try await stage.sql("UPDATE players SET first_name = 'Ada', username = 'ada'")
            #expect(
                try await stage.value(String?.self, "SELECT first_name || username FROM players")
                    == .some(nil)
            )
        }
    }

    @Test func `whoever is erased leaves nothing but numbers`() async throws {
        try await Stage.with { stage in
            let privately = StageChat(instance: "123456", id: 4242)
            _ = try await stage.play(4242, in: privately, score: 50)
            _ = try await stage.play(4242, in: chat, score: 100)
            _ = try await stage.play(2, in: chat, score: 10)
            let lead = Lead()
            while case let items = try await lead.claim(stage).claims, !items.isEmpty {
                for item in items {
                    _ = try await stage.deliveries.settle(item, .delivered)
                }
                stage.clock.advance(by: .seconds(2))
            }
            let administration = stage.administration
            let (game, id) = (try await stage.currentGame(), PlayerID(rawValue: 4242))
            var filter = RunFilter()
            filter.scoreOver = 0
            _ = try await administration.correct(
                .matching(filter),
                of: game,
                .remove,
                terms: ChangeTerms(reason: "4242 and others")
            )
            _ = try await administration.correct(.matching(filter), of: game, .restore)
            let export = try await administration.exportPlayer(id).text
            #expect(export.contains("\"Player\"") && export.contains("score.remove"))
            #expect(export.contains("\"outcome\" : \"new_best\""))
            let trial = try await administration.erase(id, terms: ChangeTerms(isDryRun: true))
            #expect(try await scores(stage) == [4242: 100, 2: 10])
            let done = try await administration.erase(id, terms: ChangeTerms(plan: trial.plan))
            let receipt = try #require(done.erasure)
            #expect(receipt.runs == 2 && receipt.profiles == 1 && receipt.corrections == 4)
            #expect(receipt.pendingDeliveries == 2 && receipt.bans == 0)
            #expect(try await scores(stage) == [2: 10])
            // Telegram's tables are to lose the player; then the rest goes.
            #expect(try await wanted(stage, 4242) == [nil, nil])
            try await stage.sql(
                """
                UPDATE deliveries SET state = 'done', known = 'exactly', known_value = desired_score, is_correction = false,
                                      must_read = false, lease = NULL, lease_until = NULL
                """
            )
            try await stage.pool.transaction { session throws(PostgresError) in try session.erasuresPurge() }
            #expect(try await stage.mentions(of: "4242").isEmpty)
            // The other run that was corrected with those of the player can still be told.
            #expect(
                try await stage.value(
                    Int.self,
                    "SELECT jsonb_array_length(after) FROM audit WHERE action = 'score.remove'"
                )
                    == 1
            )
            #expect(try await conflicts { _ = try await administration.undo(#require(done.audit)) })
            await #expect(throws: OperationError.self) { _ = try await administration.erase(id) }
        }
    }

    @Test func `an operator's score counts like any other, where it could`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            let administration = stage.administration
            let game = try await stage.currentGame()
            let record = try await administration.chat(named: #require(ChatInstance(chat.instance)))
            let id = PlayerID(rawValue: 7)
            let score = try #require(Score(150))
            let trial = try await administration.submitScore(
                score,
                of: id,
                in: record,
                game: game,
                terms: ChangeTerms(isDryRun: true)
            )
            #expect(trial.receipt?.outcome == .newBest)
            #expect(try await scores(stage) == [1: 100])
            let done = try await administration.submitScore(score, of: id, in: record, game: game)
            #expect(done.receipt?.places.first?.rank == 1)
            #expect(try await scores(stage) == [1: 100, 7: 150])
            #expect(try await wanted(stage, 7) == [150])
            _ = try await administration.undo(#require(done.audit))
            #expect(try await scores(stage) == [1: 100])
            _ = try await administration.ban(id, from: .game(game))
            #expect(
                try await conflicts {
                    _ = try await administration.submitScore(score, of: id, in: record, game: game)
                }
            )
            #expect(
                try await stage.value(Int.self, "SELECT count(*) FROM audit WHERE action = 'score.submit'")
                    == 1
            )
        }
    }

    @Test func `a ban from one game is not lifted where all are banned`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            let (administration, id) = (stage.administration, PlayerID(rawValue: 1))
            let game = try await stage.currentGame()
            _ = try await administration.ban(id, from: .game(game))
            _ = try await administration.ban(id, from: .everywhere)
            #expect(try await conflicts { _ = try await administration.unban(id, from: .game(game)) })
            #expect(try await scores(stage) == [:])
            var filter = PlayerFilter()
            filter.isBanned = true
            #expect(try await administration.players(filter, limit: 9).map(\.bans) == [["*", "tetris"]])
            let lifted = try await administration.unban(id, from: .everywhere)
            #expect(lifted.bans.count == 2)
            #expect(try await scores(stage) == [1: 100])
            _ = try await administration.undo(#require(lifted.audit))
            #expect(try await administration.players(filter, limit: 9).map(\.bans) == [["*", "tetris"]])
        }
    }

    @Test func `a run's places are explained`() async throws {
        try await Stage.with { stage in
            let first = try await stage.play(1, in: chat, score: 100)
            let second = try await stage.play(1, in: chat, score: 50)
            let administration = stage.administration
            let game = try await stage.currentGame()
            func verdicts(_ run: RunID) async throws -> Set<RunVerdict> {
                Set(try await administration.explain(run)[0].places.map(\.verdict))
            }
            #expect(try await verdicts(first.run) == [.onBoard])
            #expect(try await verdicts(second.run) == [.bettered])
            let place = try await administration.explain(second.run, of: game)[0].places[0]
            #expect(place.entry?.run == first.run && place.rank == 1 && place.board.chat != nil)
            _ = try await administration.correct(.runs([first.run]), of: game, .remove)
            #expect(try await verdicts(first.run) == [.removed])
            #expect(try await verdicts(second.run) == [.onBoard])
            _ = try await administration.ban(PlayerID(rawValue: 1), from: .everywhere)
            #expect(try await verdicts(second.run) == [.banned])
            let days = try await administration.explain(second.run)[0].places.filter {
                $0.board.window == .day
            }
            // The stage's clock is far behind the database's.
            #expect(days.allSatisfy { $0.endedAt != nil } && days.count == 2)
            let listed = try await administration.runs(RunFilter(), of: [game], limit: 10)
            #expect(listed.map(\.run.state.counts) == [true, false])
        }
    }
}
