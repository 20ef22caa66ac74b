import Leaderboards
import Operations
import Postgres
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Telegram's tables show one board of a game: the one that its settings name.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct TelegramBoardTests {
    private func play(_ player: Int64, _ scores: [(String, Int32)], _ stage: Stage) async throws {
        let token = try await stage.press(player, in: StageChat(5))
        let run = try stage.highscores.run(of: token) { nil }
        let scores = try scores.map { BoardScore($0.0, try #require(Score($0.1))) }
        _ = try await stage.highscores.submit(FinishedRun(run, scores: scores, isNamed: true))
    }

    private func show(
        _ board: String,
        _ stage: Stage,
        _ change: (inout GameChanges) -> Void = { _ in }
    ) async throws -> OperationChange {
        var changes = GameChanges()
        changes.set(\.rules.telegramBoard, to: board)
        change(&changes)
        return try await stage.administration.setGame(stage.currentGame(), changes)
    }

    /// What Telegram is to hold, player by player; -1 is absent.
    private func wanted(_ stage: Stage) async throws -> [Int64: Int32] {
        let rows = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                "SELECT player_id, coalesce(desired_score, -1) FROM deliveries WHERE game_id = \(stage.game)"
            ).decode(PlayerID.self, Int32.self)
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.0.rawValue, $0.1) })
    }

    private func withPlay(_ body: @Sendable (Stage, _ hard: Game) async throws -> Void) async throws {
        try await Stage.with { stage in
            let hard = try await stage.declare("hard")
            try await play(1, [("main", 10), ("hard", 90)], stage)
            try await play(2, [("main", 20)], stage)
            try await play(3, [("hard", 5)], stage)
            #expect(try await wanted(stage) == [1: 10, 2: 20])
            try await body(stage, hard)
        }
    }

    @Test func `another board brings its scores, and takes off whoever has none there`() async throws {
        try await withPlay { stage, hard in
            let change = try await show("hard", stage)
            #expect(change.settings.map(\.name) == ["telegram_board"] && change.deliveries == 3)
            #expect(change.isSweeping && change.rebuild.isEmpty)
            #expect(try await wanted(stage) == [1: 90, 2: -1, 3: 5])
            try await play(2, [("hard", 7), ("main", 500)], stage)
            try await play(1, [("main", 100)], stage)
            #expect(try await wanted(stage) == [1: 90, 2: 7, 3: 5])
            let other = try await stage.value(
                Int.self,
                "SELECT count(*) FROM deliveries WHERE game_id = \(hard.id)"
            )
            #expect(other == 0)

            _ = try await stage.administration.ban(PlayerID(rawValue: 1), from: .game(stage.currentGame()))
            #expect(try await wanted(stage)[1] == -1)
            _ = try await stage.administration.unban(PlayerID(rawValue: 1), from: .game(stage.currentGame()))
            #expect(try await wanted(stage)[1] == 90)

            _ = try await stage.administration.undo(try #require(change.audit))
            #expect(try await wanted(stage) == [1: 100, 2: 500, 3: -1])
        }
    }

    @Test func `what goes first in a chat goes by the board that is shown`() async throws {
        try await withPlay { stage, _ in
            for player in Int64(4)...8 { try await play(player, [("main", Int32(player))], stage) }
            try await play(4, [("hard", 50)], stage)
            _ = try await show("hard", stage)
            try await stage.sql(
                "UPDATE deliveries SET state = 'done', known = 'exactly', known_value = desired_score"
            )
            try await stage.sql(
                """
                UPDATE deliveries SET state = 'pending', waiting_since = waiting_since + player_id * interval '1 s'
                WHERE player_id IN (3, 8)
                """
            )
            let ready = try await stage.pool.transaction { session throws(PostgresError) in
                try session.execute("UPDATE deliveries SET desired_score = 1 WHERE player_id = 8")
                try session.execute("UPDATE deliveries SET waiting_since = 'epoch' WHERE player_id = 8")
                try session.execute("UPDATE delivery_chats SET ready_at = 'epoch'")
                return try session.run(
                    .deliveryChatsReady(of: Stage.bot, limit: 1, now: stage.clock.now + .seconds(60))
                )
            }
            // The third of the board that is shown, not whoever has waited longer and is high on the game's own.
            #expect(ready.first?.first?.player == PlayerID(rawValue: 3))
            #expect(ready.first?.first?.game == stage.game)
        }
    }

    @Test func `what is shown must be there, and be said`() async throws {
        try await withPlay { stage, hard in
            await expectError("no board") { _ = try await show("hrad", stage) }
            var upside = GameChanges()
            upside.set(\.rules.order, to: .lower)
            _ = try await stage.administration.setGame(hard, upside)
            await expectError("--telegram-score") { _ = try await show("hard", stage) }
            _ = try await show("hard", stage) { $0.set(\.rules.telegramScore, to: .inverted(ceiling: 100)) }
            #expect(try await wanted(stage) == [1: 10, 2: -1, 3: 95])

            // The game's own board may be of any order now.
            _ = try await stage.administration.setGame(stage.currentGame(), upside)
            #expect(try await wanted(stage) == [1: 10, 2: -1, 3: 95])
            await expectError("upside|worst") {
                _ = try await show("main", stage) { $0.set(\.rules.telegramScore, to: .same) }
            }
            var removal = GameChanges()
            removal.set(\.isRemoved, to: true)
            await expectError("--telegram-board main") {
                _ = try await stage.administration.setGame(hard, removal)
            }
            _ = try await show("main", stage)
            #expect(try await wanted(stage) == [1: 90, 2: 80, 3: -1])
            _ = try await stage.administration.setGame(hard, removal)
            await expectError("no board") { _ = try await show("hard", stage) }
        }
    }

    private func expectError(_ words: String, _ body: () async throws -> Void) async {
        await #expect {
            try await body()
        } throws: { error in
            words.split(separator: "|").contains { "\(error)".contains($0) }
        }
    }
}
