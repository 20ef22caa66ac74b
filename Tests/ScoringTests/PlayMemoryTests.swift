import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport
import Testing

/// What is remembered is bounded, follows what this instance writes, and is never believed by itself.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct PlayMemoryTests {
    private let chat = StageChat(1)

    private func entry(_ player: Int64, _ score: Int64, run: UInt64) -> Entry {
        let at = Instant(milliseconds: 1000 + Int64(run))
        return Entry(
            sortKey: SortKey(scoreKey: -score, achievedAt: at, player: PlayerID(rawValue: player)),
            run: RunID(Identifier128(high: 0, low: run))
        )
    }

    // MARK: - Its size

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `it takes no more than it may, whatever is stored`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var items = Generations<Int, Int>(limit: 10_000)
        for step in 0..<5000 {
            let key = Int.random(in: 0..<200, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: _ = items.find(key)
            case 1: _ = items.remove(key)
            default: items.store(step, key, bytes: Int.random(in: 0...3000, using: &generator))
            }
            #expect((0...10_000).contains(items.bytes))
        }
        for key in 0..<200 { _ = items.remove(key) }
        #expect(items.bytes == 0)
    }

    @Test func `what is asked for stays, and what nobody asks for goes`() {
        var items = Generations<Int, Int>(limit: 10_000)
        items.store(1, 1, bytes: 500)
        items.store(2, 2, bytes: 500)
        for key in 10..<100 {
            items.store(key, key, bytes: 500)
            #expect(items.find(1) == 1)
        }
        #expect(items.find(2) == nil)
        items.store(3, 3, bytes: 6000)
        #expect(items.find(3) == nil)
        var none = Generations<Int, Int>(limit: 0)
        none.store(1, 1, bytes: 0)
        #expect(none.find(1) == nil && none.bytes == 0)
    }

    // MARK: - Leaderboards

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a leaderboard follows the runs of batches as a plain sort does`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var plain: [PlayerID: Entry] = [:]
        var version = BoardVersion(using: &generator)
        let state = BoardState(id: BoardID(rawValue: 1), version: version, total: 0, hasRankBuckets: false)
        var board = KnownBoard(state, [])
        for batch in 0..<60 {
            let players = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
                PlayerID(rawValue: Int64.random(in: 1...30, using: &generator))
            }
            var history = BoardHistory(entries: plain.filter { players.contains($0.key) })
            for (number, player) in players.enumerated() {
                let score = Int64.random(in: 0...9, using: &generator)
                _ = history.apply(for: player) { before in
                    let after = entry(player.rawValue, score, run: UInt64(batch * 10 + number))
                    guard let before, before.sortKey.scoreKey <= after.sortKey.scoreKey else { return after }
                    return before
                }
            }
            let sorted = plain.values.sorted { $0.sortKey < $1.sortKey }
            let background = try #require(board.background(of: history, at: version))
            #expect(background.total == sorted.count)
            for probe in history.probes {
                let before = sorted.filter { $0.sortKey < probe }
                #expect(background.countBefore[probe] == before.count)
                let above = before.last { !history.players.contains($0.sortKey.player) }?.sortKey
                #expect(background.neighbourAbove[probe] == above)
            }
            #expect(board.background(of: history, at: BoardVersion(using: &generator)) == nil)

            version = BoardVersion(using: &generator)
            board.follow(history.moves, to: version)
            for move in history.moves { plain[move.after.sortKey.player] = move.after }
            #expect(board.entries == plain.values.sorted { $0.sortKey < $1.sortKey })
        }
        for (rank, entry) in (board.entries ?? []).enumerated() {
            let place = try #require(board.place(of: entry.sortKey.player))
            #expect(place.entry == entry && place.placement.rank == rank + 1)
            #expect(place.placement.above == (rank > 0 ? board.entries?[rank - 1].sortKey : nil))
        }
    }

    // MARK: - Its use

    @Test func `runs that better nothing are taken by what is remembered`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            _ = try await stage.play(2, in: chat, score: 200)
            // By reading, unless what was written before is remembered; then by what is.
            let read = try await stage.play(1, in: chat, score: 50)
            let hits = stage.highscores.memory.statistics.hits
            let told = try await stage.play(1, in: chat, score: 50)
            #expect(told.places == read.places && told.best == 100 && told.outcome == .notBetter)
            #expect(told.places[0].next == Receipt.Place.Next(rank: 1, score: 200))
            #expect(stage.highscores.memory.statistics.hits == hits + 1)
            // What this instance writes it knows.
            _ = try await stage.play(2, in: chat, score: 300)
            let next = try await stage.play(1, in: chat, score: 50).places[0].next
            #expect(next?.score == 300)
            #expect(stage.highscores.memory.statistics.hits == hits + 2)
            #expect(stage.highscores.memory.statistics.failures == 0)
        }
    }

    @Test func `what another instance wrote is seen at once`() async throws {
        try await Stage.with {
            $0.instances = 2
        } _: { stage in
            for instance in [0, 1] {
                _ = try await stage.play(1, in: chat, score: 100, on: instance)
                for _ in 0..<2 { _ = try await stage.play(1, in: chat, score: 50, on: instance) }
            }
            _ = try await stage.play(2, in: chat, score: 300, on: 1)
            let receipt = try await stage.play(1, in: chat, score: 50, on: 0)
            #expect(receipt.places[0].rank == 2 && receipt.places[0].entries == 2)
            #expect(stage.highscores.memory.statistics.failures == 1)
        }
    }

    @Test func `a run that is sent again is answered as the first time, and logged once`() async throws {
        try await Stage.with { stage in
            let launch = stage.launchToken(1, in: chat)
            for (score, key) in [(Int32(100), "a"), (50, "b"), (50, "c")] {
                _ = try await stage.submit(score, with: launch, key: key)
            }
            let first = try await stage.submit(40, with: launch, key: "d")
            let again = try await stage.submit(40, with: launch, key: "d")
            #expect(again == first.replayed)
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM scores") == 4)
        }
    }

    @Test func `after the database lost its last commits nothing is believed of them`() async throws {
        try await Stage.with { stage in
            _ = try await stage.play(1, in: chat, score: 300)
            stage.clock.advance(by: .seconds(26 * 3600))
            _ = try await stage.play(1, in: chat, score: 50)
            for table in ["entries", "boards"] {
                try await stage.sql("CREATE TABLE saved_\(unescaped: table) AS TABLE \(unescaped: table)")
            }
            // Betters the day, and leaves the leaderboard of all time as it is.
            let lost = try await stage.play(1, in: chat, score: 80)
            for _ in 0..<2 { _ = try await stage.play(1, in: chat, score: 10) }
            #expect(stage.highscores.memory.statistics.hits > 0)
            try await stage.sql("DELETE FROM scores WHERE run_id = \(lost.run)")
            try await stage.sql("DELETE FROM entries")
            try await stage.sql("INSERT INTO entries TABLE saved_entries")
            try await stage.sql(
                "UPDATE boards b SET version = s.version FROM saved_boards s WHERE s.board_id = b.board_id"
            )
            _ = try await stage.play(1, in: chat, score: 60)
            #expect(try await stage.storedLines() == LogModel.lines(stage))
        }
    }

    @Test func `an instance that remembers nothing answers the same`() async throws {
        try await Stage.with {
            $0.instances = 2
            $0.memory = [64_000_000, 0]
        } _: { stage in
            _ = try await stage.play(1, in: chat, score: 100)
            var answers: [Receipt] = []
            for instance in [0, 1, 0, 1] {
                answers.append(try await stage.play(1, in: chat, score: 50, on: instance))
            }
            #expect(Set(answers.map(\.places)).count == 1)
            #expect(stage.instances[1].memory.statistics == MemoryStatistics(misses: 2))
        }
    }
}
