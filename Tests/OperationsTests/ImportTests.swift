import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What is taken in stands in the log like any other run, once, and leaderboards follow from it.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ImportTests {
    private static let chat = StageChat(1)

    private static func line(
        _ stage: Stage,
        _ player: Int64,
        _ score: Int32,
        minutes: Int64 = -1000,
        chat: StageChat? = chat,
        id: String? = nil
    ) -> ImportedScore {
        var line = ImportedScore(
            line: 1,
            game: stage.game,
            player: PlayerID(rawValue: player),
            chat: chat.flatMap { ChatInstance($0.instance) },
            score: score,
            time: stage.clock.now + .seconds(minutes * 60)
        )
        line.id = id
        return line
    }

    @discardableResult
    private static func importing(
        _ stage: Stage,
        _ lines: [ImportedScore],
        isDelivered: Bool = false,
        isDryRun: Bool = false
    ) async throws -> ImportReport {
        try await stage.administration.importScores(
            isDelivered: isDelivered,
            source: "test",
            isDryRun: isDryRun,
            feed: { take in
                for (index, line) in lines.enumerated() {
                    var line = line
                    line.line = index + 1
                    try take(line)
                }
            }
        )
    }

    /// The entries over all time, as `player score`.
    private static func board(_ stage: Stage, _ scope: Scope) async throws -> [String] {
        try await stage.leaderboard(stage.launchToken(1, in: chat), scope: scope).lines.map {
            "\($0.playerID) \($0.score)"
        }
    }

    /// Leaderboards and their counts are what the log says.
    private static func expectWhole(_ stage: Stage) async throws {
        let report = try await stage.administration.rebuildGame(stage.currentGame(), isDryRun: true)
        #expect(report.isEmpty, "\(report)")
        let game = stage.game
        let miscounted = try await stage.pool.withSession { session throws(PostgresError) in
            try session.run(.boardsFindMiscounted(of: game))
        }
        #expect(miscounted.isEmpty)
    }

    @Test func `what is held waits for a decision here, too, and goes on with it`() async throws {
        try await Stage.with { stage in
            let administration = stage.administration
            var lines = [Self.line(stage, 11, 100, id: "a"), Self.line(stage, 12, 200, id: "b")]
            for index in lines.indices {
                (lines[index].outcome, lines[index].reasons) = (.held, ["too_fast"])
            }
            try await Self.importing(stage, lines)
            try await Self.importing(stage, lines)
            let waiting = try await administration.reviews(ReviewFilter(), limit: 10).sorted {
                $0.score.value < $1.score.value
            }
            #expect(waiting.map(\.state) == [.held, .held] && waiting[0].reasons == ["too_fast"])
            #expect(try await Self.board(stage, .global) == [])
            for (review, decision) in zip(waiting, [Correction.accept, .refuse]) {
                var filter = ReviewFilter()
                filter.runs = [review.key.run]
                _ = try await administration.decide(filter, decision, terms: ChangeTerms(reason: "seen"))
            }
            try await Self.expectWhole(stage)
            let exported = Recorder<ExportedScore>()
            try await administration.exportScores(of: [stage.currentGame()], chat: nil) { lines, _ in
                for line in lines { exported.record(line) }
                return true
            }
            let found = exported.all.sorted { $0.score < $1.score }
            #expect(found.map(\.counts) == [true, false] && found[1].outcome == .refused)
        }
    }

    @Test func `what is taken in again changes nothing`() async throws {
        try await Stage.with { stage in
            let lines = [
                Self.line(stage, 11, 100), Self.line(stage, 11, 100), Self.line(stage, 12, 300, chat: nil),
                Self.line(stage, 13, 200, id: "first"), Self.line(stage, 13, 250, minutes: -500, id: "first"),
            ]
            let dry = try await Self.importing(stage, lines, isDryRun: true)
            #expect(dry.lines == 5 && dry.count.added == 4 && dry.count.newChats == 1)
            #expect(try await stage.value(Int64.self, "SELECT count(*) FROM scores") == 0)

            let first = try await Self.importing(stage, lines)
            #expect(first.count == dry.count && first.count.repeated == 1 && first.count.players == 3)
            #expect(first.rebuild.entriesAdded == dry.rebuild.entriesAdded)
            let again = try await Self.importing(stage, lines)
            #expect(again.count.added == 0 && again.count.repeated == 5 && again.rebuild.isEmpty)
            // An id is the same run whatever else a newer file says of it.
            let other = try await Self.importing(stage, [Self.line(stage, 13, 999, minutes: -1, id: "first")])
            #expect(other.count.added == 0)

            #expect(try await Self.board(stage, .chat) == ["13 200", "11 100"])
            #expect(try await stage.value(Int64.self, "SELECT count(*) FROM scores") == 4)
            try await Self.expectWhole(stage)
        }
    }

    @Test func `imported and played runs make one leaderboard`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: Self.chat, score: 150)
            _ = try await stage.play(12, in: Self.chat, score: 150)
            try await Self.importing(
                stage,
                [Self.line(stage, 11, 100), Self.line(stage, 12, 400), Self.line(stage, 14, 150)]
            )
            // Of equal scores the earlier one is first.
            #expect(try await Self.board(stage, .chat) == ["12 400", "14 150", "11 150"])
            let receipt = try await stage.play(14, in: Self.chat, score: 500)
            #expect(receipt.outcome == .newBest && receipt.previousBest == 150)
            try await Self.expectWhole(stage)
        }
    }

    @Test func `where the latest run holds, none of old overtakes one that was played here`() async throws {
        try await Stage.with {
            $0.rules.keep = .latest
        } _: { stage in
            _ = try await stage.play(11, in: Self.chat, score: 150)
            try await Self.importing(
                stage,
                [
                    Self.line(stage, 11, 100, minutes: -1), Self.line(stage, 12, 7, minutes: -10),
                    Self.line(stage, 12, 9, minutes: -20),
                ]
            )
            #expect(try await Self.board(stage, .chat) == ["11 150", "12 7"])
            // However late an older file comes.
            try await Self.importing(stage, [Self.line(stage, 12, 8, minutes: -15)])
            #expect(try await Self.board(stage, .chat) == ["11 150", "12 7"])
            try await Self.expectWhole(stage)
        }
    }

    @Test func `where scores add up, each run is added once`() async throws {
        try await Stage.with {
            $0.rules.keep = .sum
        } _: { stage in
            _ = try await stage.play(11, in: Self.chat, score: 1)
            let lines = [Self.line(stage, 11, 10), Self.line(stage, 11, 10), Self.line(stage, 11, 100)]
            for _ in 0..<2 { try await Self.importing(stage, lines) }
            #expect(try await Self.board(stage, .chat) == ["11 121"])
            try await Self.expectWhole(stage)
        }
    }

    @Test func `names are taken where none is known, and what does not count does not`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: Self.chat, score: 1)
            var known = Self.line(stage, 11, 5)
            known.firstName = "Somebody"
            var new = Self.line(stage, 12, 6)
            new.firstName = "Zoë"
            var refused = Self.line(stage, 12, 900)
            refused.outcome = .refused
            try await Self.importing(stage, [known, new, refused])
            let page = try await stage.leaderboard(stage.launchToken(11, in: Self.chat))
            #expect(page.lines.map(\.name) == ["Zoë", "Player 11"])
            #expect(page.lines.map(\.score) == [6, 5])
            try await Self.expectWhole(stage)
        }
    }

    @Test func `Telegram is left alone unless it is to follow`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(11, in: Self.chat, score: 50)
            let lines = [
                Self.line(stage, 11, 100), Self.line(stage, 12, 200), Self.line(stage, 13, 300, chat: nil),
            ]
            let report = try await Self.importing(stage, lines)
            #expect(report.deliveries == 0)
            let query: Query =
                "SELECT coalesce(string_agg(player_id || ' ' || desired_score || ' ' || state, ', ' ORDER BY player_id), '') FROM deliveries"
            #expect(try await stage.value(String.self, query) == "11 50 pending")
            // Also when everything is there already.
            let delivered = try await Self.importing(stage, lines, isDelivered: true)
            #expect(delivered.count.added == 0 && delivered.deliveries == 2)
            #expect(try await stage.value(String.self, query) == "11 100 pending, 12 200 pending")
            let other = StageChat(2)
            try await Self.importing(stage, [Self.line(stage, 11, 5, chat: other)], isDelivered: true)
            #expect(
                try await stage.value(String.self, query) == "11 100 pending, 11 5 no_target, 12 200 pending"
            )
        }
    }

    @Test func `what ends the file ends the import, and nothing is there`() async throws {
        try await Stage.with { stage in
            let line = Self.line(stage, 11, 100)
            let error = await #expect(throws: StageError.self) {
                _ = try await stage.administration.importScores(
                    isDelivered: false,
                    source: "test",
                    feed: { take in
                        try take(line)
                        throw StageError("the disk is gone")
                    }
                )
            }
            #expect(error?.description == "the disk is gone")
            #expect(try await stage.value(Int64.self, "SELECT count(*) FROM scores") == 0)
            try await Self.importing(stage, [line])
            #expect(try await Self.board(stage, .chat) == ["11 100"])
        }
    }
}
