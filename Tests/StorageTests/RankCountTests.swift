import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// The counts of buckets stay right and of good size, whatever happens to the entries.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct RankCountTests {
    private let game = GameID(rawValue: 1)

    /// How scores are spread over the players.
    enum Distribution: CaseIterable {
        case uniform, few, equal, rising

        func scoreKey(_ step: Int, using generator: inout some RandomNumberGenerator) -> Int64 {
            switch self {
            case .uniform: Int64.random(in: -1_000_000...0, using: &generator)
            case .few: Int64.random(in: -20...0, using: &generator)
            case .equal: -7
            case .rising: Int64(-step)
            }
        }
    }

    /// A leaderboard beside a plain picture of what it should hold.
    private struct Model {
        let board: BoardID
        let game: GameID
        var entries: [PlayerID: Entry] = [:]

        /// Writes entries, and takes others away, as a batch does.
        mutating func apply(
            _ changes: [PlayerID: Entry?],
            _ session: Session
        ) throws(PostgresError) {
            var moves: [RankMove] = []
            var written: [(BoardID, Entry)] = []
            var gain = 0
            var removed: [PlayerID] = []
            for (player, after) in changes {
                if let before = entries[player] {
                    moves.append(RankMove(probe: Probe(board: board, sortKey: before.sortKey), change: -1))
                }
                if let after {
                    moves.append(RankMove(probe: Probe(board: board, sortKey: after.sortKey), change: 1))
                    written.append((board, after))
                    if entries[player] == nil { gain += 1 }
                } else if entries[player] != nil {
                    removed.append(player)
                }
                entries[player] = after
            }
            let change = BoardChange(
                board: board,
                gain: gain - removed.count,
                version: BoardVersion(rawValue: 1)
            )
            _ = try session.pipeline([
                .entriesUpsert(written, game: game),
                "DELETE FROM entries WHERE game_id = \(game) AND board_id = \(board) AND player_id = ANY (\(removed))",
                .boardsUpdate([change], game: game),
            ])
            let hasRankBuckets =
                try session.first("SELECT has_rank_buckets FROM boards WHERE board_id = \(board)")?.decode(
                    Bool.self
                )
                ?? false
            if hasRankBuckets {
                try session.rankBucketsRebalance(
                    at: try session.run(.rankBucketsMove(moves, game: game)),
                    game: game
                )
            } else if entries.count > RankBuckets.threshold {
                try session.rankBucketsRebuild(of: [board], game: game)
            }
        }

        /// Compares ranks with the plain picture.
        func check(_ session: Session) throws(PostgresError) {
            let order = entries.values.map(\.sortKey).sorted()
            let places = Array(stride(from: 0, to: order.count, by: order.count / 3_000 + 1))
            let counts = try session.run(
                .entriesCountBefore(places.map { Probe(board: board, sortKey: order[$0]) }, game: game)
            )
            #expect(counts == places)
            #expect(try session.run(.boardsFindMiscounted(of: game)) == [])
        }
    }

    private func largestBucket(_ session: Session) throws(PostgresError) -> Int {
        try session.first("SELECT coalesce(max(entries), 0) FROM rank_buckets WHERE level = 0")?
            .decode(Int.self) ?? 0
    }

    private func entry(_ player: Int64, _ scoreKey: Int64, _ time: Int) -> Entry {
        Entry(
            sortKey: SortKey(
                scoreKey: scoreKey,
                achievedAt: Instant(milliseconds: 1_700_000_000_000 + Int64(time)),
                player: PlayerID(rawValue: player)
            ),
            run: RunID(Identifier128(high: UInt64(player), low: UInt64(time)))
        )
    }

    @Test(arguments: Distribution.allCases)
    func `counts follow entries that come, move and go`(distribution: Distribution) async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let name = BoardName(chat: nil)
            guard let board = try session.boardsInsert([name], game: game)[name] else {
                throw PostgresError(.decoding, "no board")
            }
            var model = Model(board: board, game: game)
            var generator = SystemRandomNumberGenerator()
            for step in 0..<40 {
                var changes: [PlayerID: Entry?] = [:]
                for _ in 0..<150 {
                    let player = Int64.random(in: 1...3000, using: &generator)
                    changes[PlayerID(rawValue: player)] = entry(
                        player,
                        distribution.scoreKey(step, using: &generator),
                        step / 3
                    )
                }
                try model.apply(changes, session)
                if step % 10 == 9 { try model.check(session) }
            }
            #expect(try largestBucket(session) <= 256)
            // A few leave at a time, so that buckets shrink to nothing one after another.
            while !model.entries.isEmpty {
                let leaving = model.entries.keys.sorted().prefix(97)
                try model.apply(Dictionary(uniqueKeysWithValues: leaving.map { ($0, nil) }), session)
            }
            try model.check(session)
            let rows = try session.first("SELECT count(*) FROM rank_buckets")?.decode(Int.self)
            #expect(rows == 0)
        }
    }

    @Test(arguments: [Distribution.equal, .rising])
    func `bucket groups follow buckets that are divided and joined`(distribution: Distribution) async throws {
        let unhurried = TransactionOptions(statementTimeout: .seconds(300))
        try await ScratchDatabase.current.pool.transaction(unhurried) { session throws(PostgresError) in
            let name = BoardName(chat: nil)
            guard let board = try session.boardsInsert([name], game: game)[name] else {
                throw PostgresError(.decoding, "no board")
            }
            var model = Model(board: board, game: game)
            var generator = SystemRandomNumberGenerator()
            var players = Array(Int64(1)...60_000)
            players.shuffle(using: &generator)
            for step in 0..<60 {
                let comers = players[step * 1_000..<(step + 1) * 1_000]
                let changes = comers.map { player in
                    (
                        PlayerID(rawValue: player),
                        Entry?.some(entry(player, distribution.scoreKey(step, using: &generator), step / 20))
                    )
                }
                try model.apply(Dictionary(uniqueKeysWithValues: changes), session)
            }
            try model.check(session)
            let grown = try bucketsOfGroups(session)
            #expect(grown.count > 1 && grown.allSatisfy { $0 <= RankBuckets.longestGroup })
            for _ in 0..<55 {
                let leaving = model.entries.keys.sorted().prefix(1_000)
                try model.apply(Dictionary(uniqueKeysWithValues: leaving.map { ($0, nil) }), session)
            }
            try model.check(session)
            let shrunk = try bucketsOfGroups(session)
            #expect(shrunk.count < grown.count && shrunk.allSatisfy { $0 <= RankBuckets.longestGroup })
        }
    }

    /// How many buckets each row of level 1 holds.
    private func bucketsOfGroups(_ session: Session) throws(PostgresError) -> [Int64] {
        try session.query(
            """
            SELECT count(*) FROM (
                SELECT level, count(*) FILTER (WHERE level = 1) OVER (
                    ORDER BY score_key, achieved_at, player_id, level DESC) AS span
                FROM rank_buckets
            ) AS s WHERE level = 0 GROUP BY span
            """
        ).decode(Int64.self)
    }

    @Test func `ever-rising scores leave no trail of empty buckets`() async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let name = BoardName(chat: nil)
            guard let board = try session.boardsInsert([name], game: game)[name] else {
                throw PostgresError(.decoding, "no board")
            }
            var model = Model(board: board, game: game)
            for step in 0..<60 {
                var changes: [PlayerID: Entry?] = [:]
                for offset in 0..<200 {
                    let player = Int64((step * 200 + offset) % 1500 + 1)
                    changes[PlayerID(rawValue: player)] = entry(player, Int64(-(step * 200 + offset)), step)
                }
                try model.apply(changes, session)
            }
            try model.check(session)
            let buckets = try session.first("SELECT count(*) FROM rank_buckets WHERE level = 0")?.decode(
                Int.self
            )
            #expect((6...50).contains(buckets ?? 0))
        }
    }

    @Test func `among equal scores no more pages are read than elsewhere`() async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let name = BoardName(chat: nil)
            guard let board = try session.boardsInsert([name], game: game)[name] else {
                throw PostgresError(.decoding, "no board")
            }
            // Every third player, so that others find room between them.
            try session.execute(
                """
                INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
                SELECT \(game), \(board), 3 * n, -7, \(entry(0, -7, 0).sortKey.achievedAt), gen_random_uuid()
                FROM generate_series(1, 30000) AS n
                """
            )
            try session.execute("UPDATE boards SET entries = 30000")
            try session.rankBucketsRebuild(of: [board], game: game)
            func place(_ player: Int64) -> Probe {
                Probe(board: board, sortKey: entry(player, -7, 0).sortKey)
            }
            var before = try pagesRead(session)
            #expect(try session.run(.entriesCountBefore([place(45_000)], game: game)) == [14_999])
            #expect(try pagesRead(session) - before < 40)
            // One bucket after another outgrows its size.
            let newcomers = (Int64(44_700)..<45_300).filter { $0 % 3 != 0 }
            _ = try session.pipeline([
                .entriesUpsert(newcomers.map { (board, entry($0, -7, 0)) }, game: game),
                .boardsUpdate(
                    [BoardChange(board: board, gain: newcomers.count, version: BoardVersion(rawValue: 1))],
                    game: game
                ),
            ])
            let moves = newcomers.map { RankMove(probe: place($0), change: 1) }
            let outgrown = try session.run(.rankBucketsMove(moves, game: game))
            #expect(!outgrown.isEmpty)
            before = try pagesRead(session)
            try session.rankBucketsRebalance(at: outgrown, game: game)
            #expect(try pagesRead(session) - before < 600)
            #expect(try session.run(.entriesCountBefore([place(90_000)], game: game)) == [30_399])
            #expect(try largestBucket(session) <= 256)
        }
    }

    /// How many pages of entries and counts the transaction has looked at.
    private func pagesRead(_ session: Session) throws(PostgresError) -> Int {
        try session.first(
            """
            SELECT sum(pg_stat_get_xact_blocks_fetched(c.oid))::bigint FROM pg_class c
            WHERE c.relname ~ '^(entries|rank_buckets)' AND c.relnamespace = current_schema()::regnamespace
            """
        )?.decode(Int.self) ?? 0
    }
}
