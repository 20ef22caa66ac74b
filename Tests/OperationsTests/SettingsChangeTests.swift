import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// Settings that decide which runs make which entries can change at any time.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct SettingsChangeTests {
    /// A change of settings.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let apply: @Sendable (inout GameChanges) -> Void
    }

    static let cases: [Change] = [
        Change(testDescription: "order") {
            $0.set(\.rules.order, to: .lower)
            $0.set(\.rules.telegramScore, to: .inverted(ceiling: 1000))
        },
        Change(testDescription: "latest") {
            $0.set(\.rules.keep, to: .latest)
            $0.set(\.rules.telegramScore, to: .same)
        },
        Change(testDescription: "sum") {
            $0.set(\.rules.keep, to: .sum)
            $0.set(\.rules.telegramScore, to: .same)
        },
        Change(testDescription: "zone") { $0.set(\.rules.zone, to: "Pacific/Kiritimati") },
        Change(testDescription: "seasons") {
            $0.set(
                \.rules.seasons,
                to: [1_772_600_000_000, 1_773_000_000_000, 1_772_800_000_000].map {
                    Instant(milliseconds: $0)
                }
            )
        },
        Change(testDescription: "all at once") {
            $0.set(\.rules.order, to: .lower)
            $0.set(\.rules.keep, to: .sum)
            $0.set(\.rules.zone, to: "America/St_Johns")
            $0.set(\.rules.telegramScore, to: .off)
            $0.set(\.rules.seasons, to: [Instant(milliseconds: 1_772_700_000_000)])
        },
    ]

    private func changes(_ change: Change) -> GameChanges {
        var changes = GameChanges()
        change.apply(&changes)
        return changes
    }

    @Test(arguments: Self.cases)
    func `the leaderboards are those of the new rule`(change: Change) async throws {
        try await Stage.with { stage in
            try await RebuildTests.play(150, seed: 11, stage)
            _ = try await RebuildTests.setZone("Asia/Kathmandu", of: 3, stage)
            let before = try await stage.storedLines()
            let game = try await stage.currentGame()
            let shown = try await stage.administration.setGame(
                game,
                changes(change),
                terms: ChangeTerms(isDryRun: true)
            )
            #expect(!shown.rebuild.isEmpty && !shown.rebuild.sample.isEmpty)
            #expect(try await stage.storedLines() == before)
            #expect(try await stage.currentGame() == game)

            let done = try await stage.administration.setGame(game, changes(change))
            #expect(done.rebuild == shown.rebuild)
            #expect(done.deliveries == shown.deliveries)
            let model = try await LogModel.lines(stage)
            #expect(try await stage.storedLines() == model)
            #expect(try await stage.brokenBoards() == [])
            #expect(
                try await stage.value(Int.self, "SELECT count(*) FROM audit WHERE action = 'game.set'") == 1
            )
            try await expectDeliveries(stage)

            // The service goes on by the new rule.
            try await RebuildTests.play(50, seed: 12, stage)
            #expect(try await stage.storedLines() == LogModel.lines(stage))
        }
    }

    /// What Telegram is to hold is what the leaderboards of the chats hold.
    private func expectDeliveries(_ stage: Stage) async throws {
        let rules = try await stage.currentGame().rules
        let wanted = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT chat_id, player_id, desired_score FROM deliveries")
                .decode(ChatID.self, PlayerID.self, Int32?.self)
        }
        var expected: Set<String> = []
        for line in try await stage.storedLines() where line.board.window == .all {
            guard let chat = line.board.chat else { continue }
            let score = rules.score(ofScoreKey: line.entry.sortKey.scoreKey)
            let value = rules.telegramScore.value(for: score)
            expected.insert("\(chat) \(line.entry.sortKey.player) \(value.map { "\($0)" } ?? "-")")
        }
        #expect(Set(wanted.map { "\($0.0) \($0.1) \($0.2.map { "\($0)" } ?? "-")" }) == expected)
    }

    @Test func `another way to show scores in Telegram reaches all of its tables`() async throws {
        try await Stage.with { stage in
            try await RebuildTests.play(60, seed: 13, stage)
            for way in [TelegramScore.inverted(ceiling: 200), .off, .same] {
                var changes = GameChanges()
                changes.set(\.rules.telegramScore, to: way)
                let change = try await stage.administration.setGame(stage.currentGame(), changes)
                #expect(change.rebuild.isEmpty && change.deliveries > 0)
                try await expectDeliveries(stage)
            }
        }
    }

    @Test func `what does not decide on entries leaves them alone`() async throws {
        try await Stage.with { stage in
            try await RebuildTests.play(30, seed: 14, stage)
            let before = try await stage.dump()
            var changes = GameChanges()
            changes.set(\.title, to: "T")
            changes.set(\.rules.retention, to: .relevant)
            changes.set(\.rules.bounds.maximum, to: 1)
            let change = try await stage.administration.setGame(stage.currentGame(), changes)
            #expect(change.settings.map(\.name) == ["title", "max_score", "retention"])
            #expect(change.rebuild.isEmpty && change.deliveries == 0)
            #expect(try await stage.dump() == before)
        }
    }

    @Test func `a chat's own zone makes its leaderboards anew and no others`() async throws {
        try await Stage.with {
            $0.rules = GameRules(zone: "Europe/Berlin")
        } _: { stage in
            try await RebuildTests.play(150, seed: 15, stage)
            let before = try await stage.storedLines()
            let change = try await RebuildTests.setZone("Pacific/Apia", of: 1, stage)
            #expect(change.settings.map(\.before) == [.none])
            #expect(change.settings.map(\.after) == [.text("Pacific/Apia")])
            #expect(!change.rebuild.isEmpty)
            let after = try await stage.storedLines()
            #expect(try await after == LogModel.lines(stage))
            let chat = try await stage.administration.chat(
                named: try #require(ChatInstance(StageChat(1).instance))
            )
            #expect(Set(before.symmetricDifference(after).map(\.board.chat)) == [chat.id])
            #expect(try await RebuildTests.setZone("Pacific/Apia", of: 1, stage).rebuild.isEmpty)
            _ = try await RebuildTests.setZone(nil, of: 1, stage)
            #expect(try await stage.storedLines() == before)
            #expect(
                try await stage.value(Int.self, "SELECT count(*) FROM audit WHERE action = 'chat.set'") == 2
            )
            await #expect(throws: OperationError.self) {
                try await RebuildTests.setZone("Mars/Olympus", of: 1, stage)
            }
        }
    }

    /// What cannot change once runs are gone, given that all before 20 March are.
    static let refused: [Change] =
        cases.dropLast() + [
            Change(testDescription: "an early season more") {
                $0.set(\.rules.seasons, to: [Instant(milliseconds: 1_772_600_000_000)])
            }
        ]

    @Test(arguments: Self.refused)
    func `a log that is not whole any more refuses other rules`(change: Change) async throws {
        try await Stage.with { stage in
            try await RebuildTests.play(60, seed: 16, stage)
            try await stage.sql("UPDATE games SET log_whole_from = '2026-03-20'")
            let before = try await stage.dump()
            let game = try await stage.currentGame()
            let error = try await #require(throws: OperationError.self) {
                try await stage.administration.setGame(game, changes(change))
            }
            guard case .conflict(let text) = error else { return #expect(Bool(false), "\(error)") }
            #expect(text.contains("2026-03-20T00:00:00.000Z"))
            #expect(try await stage.dump() == before)
            #expect(try await stage.currentGame() == game)
            await #expect(throws: OperationError.self) {
                try await RebuildTests.setZone("Asia/Tokyo", of: 1, stage)
            }
            #expect(try await stage.dump() == before)
            #expect(try await stage.administration.chats().allSatisfy { $0.zone == nil })
        }
    }

    @Test func `seasons from then on, and zones of new chats, can still be set`() async throws {
        try await Stage.with { stage in
            try await RebuildTests.play(60, seed: 17, stage)
            let now = stage.clock.now
            try await stage.sql("UPDATE games SET log_whole_from = \(now)")
            stage.clock.advance(by: .seconds(86_400))
            _ = try await stage.submit(5, with: stage.launchToken(1, in: StageChat(9)))
            var changes = GameChanges()
            changes.set(\.rules.seasons, to: [now + .seconds(3600)])
            #expect(try await !stage.administration.setGame(stage.currentGame(), changes).rebuild.isEmpty)
            #expect(try await !RebuildTests.setZone("Pacific/Apia", of: 9, stage).rebuild.isEmpty)
            #expect(try await stage.storedLines() == LogModel.lines(stage))
        }
    }
}
