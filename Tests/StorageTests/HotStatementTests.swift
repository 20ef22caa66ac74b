import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// Whatever is run for every press and every score finds its rows by key, however small or large the tables are.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct HotStatementTests {
    private static let game = GameID(rawValue: 1)
    private static let bot = BotID(rawValue: 7)
    private static let time = Instant(milliseconds: 1_772_366_400_000)
    private static let alias = ChatAlias(
        instance: ChatInstance(rawValue: 5),
        address: TelegramChatID(rawValue: -5)
    )
    private static let sortKey = SortKey(
        scoreKey: -50,
        achievedAt: Instant(milliseconds: 1_000_000),
        player: PlayerID(rawValue: 950)
    )

    /// A statement with the indexes by which it has to find its rows.
    private struct Hot: Sendable {
        let name: String
        let indexes: Set<String>
        let run: @Sendable (Session, BoardID) throws(PostgresError) -> Void

        init<Value>(
            _ name: String,
            by indexes: Set<String>,
            _ statement: @escaping @Sendable (BoardID) -> Statement<Value>
        ) {
            (self.name, self.indexes) = (name, indexes)
            run = { session, board throws(PostgresError) in _ = try session.run(statement(board)) }
        }

        init(_ name: String, by indexes: Set<String>, _ query: @escaping @Sendable (BoardID) -> Query) {
            self.init(name, by: indexes) { Statement(counting: query($0)) }
        }
    }

    private static let key = PositionKey(board: BoardName(chat: nil), player: sortKey.player)
    private static let entry = Entry(sortKey: sortKey, run: RunID(Identifier128(high: 1, low: 1)))
    private static let logged = [Score(0)].compactMap(\.self).map { score in
        LoggedRun(
            LoggedScore(
                run: RunID(Identifier128(high: 2, low: 2)),
                launchedAt: time,
                player: sortKey.player,
                chat: nil,
                score: score,
                startedAt: time,
                acceptedAt: time,
                outcome: .notBetter,
                reasons: [],
                answer: nil,
                metadata: nil
            )
        )
    }

    private static let statements: [Hot] = [
        Hot("game", by: ["games_pkey", "bots_pkey"]) { _ in .gameGet(game) },
        Hot("playChats", by: ["chat_instances_pkey", "chat_addresses_pkey", "chats_pkey"]) { _ in
            .playChatsGet([alias], bot: bot)
        },
        Hot("loggedScores", by: ["scores_2026_03_pkey"]) { _ in
            .scoresGet(of: [RunKey(launchedAt: time, run: entry.run)], game: game)
        },
        Hot("positions", by: ["boards_by_name", "entries_pkey", "entries_in_order", "rank_buckets_pkey"]) {
            _ in .positionsGet([key], game: game)
        },
        Hot("entries", by: ["boards_by_name", "entries_pkey"]) { _ in .entriesGet([key], game: game) },
        Hot("countBefore", by: ["boards_pkey", "entries_in_order", "rank_buckets_pkey"]) { board in
            .entriesCountBefore([Probe(board: board, sortKey: sortKey)], game: game)
        },
        Hot("entriesAbove", by: ["entries_in_order"]) { board in
            .entriesAbove([Probe(board: board, sortKey: sortKey)], passingOver: [], game: game)
        },
        Hot("upsertEntries", by: ["entries_pkey"]) { board in .entriesUpsert([(board, entry)], game: game) },
        Hot("updateBoards", by: ["boards_pkey"]) { board in
            .boardsUpdate(
                [BoardChange(board: board, gain: 1, version: BoardVersion(rawValue: 1))],
                game: game
            )
        },
        Hot("moveRankCounts", by: ["rank_buckets_pkey"]) { board in
            .rankBucketsMove(
                [RankMove(probe: Probe(board: board, sortKey: sortKey), change: 1)],
                game: game
            )
        },
        Hot("insertNewScores", by: ["scores_2026_03_pkey"]) { _ in .scoresInsertNew(logged, game: game) },
        Hot(
            "insertConfirmedScores",
            by: ["games_pkey", "boards_pkey", "entries_pkey", "scores_2026_03_pkey", "erased_players_pkey"]
        ) { board in
            .scoresInsertConfirmed(
                logged.map {
                    ProposedRun(
                        run: $0,
                        narrowest: [(game, board, 0)],
                        reported: [(game, board, BoardVersion(rawValue: 1))]
                    )
                },
                game: game,
                of: bot,
                epochs: [(game, GameEpoch(rawValue: 1))]
            )
        },
        Hot("entriesList", by: ["boards_by_name", "entries_in_order"]) { _ in
            .entriesList([(key.board, nil)], atMost: 1_000_000, game: game)
        },
        Hot("insertScores", by: []) { _ in .scoresInsert(logged, game: game) },
    ]

    /// Makes large leaderboards of the game, and a chat.
    private func fill(_ session: Session, others count: Int = 20) throws(PostgresError) -> BoardID {
        let board = try session.fillBoards(of: Self.game, days: count)
        try session.execute(.scorePartitionsMake(from: Self.time, through: Self.time))
        // Runs of the game, of many players: the index of one player's runs would do for the planner otherwise.
        try session.execute(
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, score, started_at, accepted_at, outcome)
            SELECT \(Self.game), \(Self.time), gen_random_uuid(), n % 300, n, \(Self.time), \(Self.time), 'n'
            FROM generate_series(1, 2000) AS n
            """
        )
        _ = try session.chatsResolve([Self.alias], bot: Self.bot)
        // Those that the statements ask for.
        try session.execute("ALTER TABLE games DISABLE TRIGGER games_renew_epoch")
        try session.execute("UPDATE games SET epoch = 1")
        try session.execute("UPDATE boards SET version = 1")
        return board
    }

    /// How often the transaction has scanned each index, and each table as a whole.
    private func scans(_ session: Session) throws(PostgresError) -> [String: Int64] {
        let rows = try session.query(
            """
            SELECT c.relname::text, pg_stat_get_xact_numscans(c.oid)
            FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('i', 'r')
            """
        ).decode(String.self, Int64.self)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.0, $0.1) })
    }

    @Test func `hot statements find their rows by key, whatever the planner knows`() async throws {
        let pool = ScratchDatabase.current.pool
        let board = try await pool.transaction { session throws(PostgresError) in try fill(session) }
        for isAnalysed in [false, true] {
            if isAnalysed {
                try await pool.withSession { session throws(PostgresError) in try session.execute("ANALYZE") }
            }
            for statement in Self.statements {
                let used = try await pool.transaction(.init(isDryRun: true)) {
                    session throws(PostgresError) in
                    let before = try scans(session)
                    try statement.run(session, board)
                    let after = try scans(session)
                    return Set(after.filter { $0.value > before[$0.key] ?? 0 }.keys)
                }
                #expect(used == statement.indexes, "\(statement.name), analysed: \(isAnalysed)")
            }
        }
    }

    @Test(arguments: [false, true])
    func `a leaderboard that has grown large is counted without a look at others`(isAnalysed: Bool)
        async throws
    {
        let pool = ScratchDatabase.current.pool
        _ = try await pool.transaction { session throws(PostgresError) in try fill(session, others: 3) }
        if isAnalysed {
            try await pool.withSession { session throws(PostgresError) in try session.execute("ANALYZE") }
        }
        let read = try await pool.transaction { session throws(PostgresError) in
            let last = try session.first("SELECT max(board_id) FROM boards")?.decode(BoardID.self)
            let before = try rowsRead("entries", session)
            try session.rankBucketsRebuild(of: [last].compactMap(\.self), game: Self.game)
            return try rowsRead("entries", session) - before
        }
        // Each leaderboard has 2,000, and there are four.
        #expect((2000...2100).contains(read))
    }

    @Test func `a question about one player reads that player's runs only`() async throws {
        let pool = ScratchDatabase.current.pool
        _ = try await pool.transaction { session throws(PostgresError) in try fill(session) }
        try await pool.withSession { session throws(PostgresError) in try session.execute("ANALYZE") }
        var filter = RunFilter()
        filter.player = PlayerID(rawValue: 7)
        filter.scoreOver = 600
        let asked = filter
        let (found, read) = try await pool.transaction { session throws(PostgresError) in
            let before = try rowsRead("scores", session)
            let found = try session.run(.runRecordsList(asked, game: Self.game, limit: 100))
            return (found, try rowsRead("scores", session) - before)
        }
        // Of 2,000 runs every 300th is the player's: 7, 307, 607 …
        #expect(Set(found.map(\.submitted.value)) == [607, 907, 1207, 1507, 1807])
        #expect((7...20).contains(read))
    }

    @Test func `how often somebody played in an hour is not found by reading the runs of a month`()
        async throws
    {
        let pool = ScratchDatabase.current.pool
        let player = PlayerID(rawValue: 1_000)
        let (found, read, usage, looked) = try await pool.transaction { session throws(PostgresError) in
            _ = try fill(session)
            try session.execute(
                """
                INSERT INTO scores (game_id, launched_at, run_id, player_id, score, started_at, accepted_at, outcome)
                SELECT \(Self.game), \(Self.time), gen_random_uuid(), \(player), n, \(Self.time),
                       \(Self.time) + n * interval '1 minute', 'n'
                FROM generate_series(1, 2000) AS n
                """
            )
            let hour = Self.time + .seconds(1_940 * 60)
            let before = try rowsRead("scores", session)
            let found = try session.run(.runsCount(of: [player], since: hour, game: Self.game))
            let between = try rowsRead("scores", session)
            let usage = try session.run(
                .runsUsage(of: [player], since: hour, bot: Self.bot, limit: 5000)
            )
            return (found, between - before, usage, try rowsRead("scores", session) - between)
        }
        #expect(usage == [player: PlayerUsage(runs: 61)])
        #expect((61...132).contains(looked))
        #expect(found == [player: 60])
        // Each by an entry of the index and, at most, its row.
        #expect((60...130).contains(read))
    }

    /// How many rows the transaction has been given by a table, its parts and its indexes.
    private func rowsRead(_ table: String, _ session: Session) throws(PostgresError) -> Int {
        try session.first(
            """
            SELECT sum(pg_stat_get_xact_tuples_returned(c.oid))::bigint FROM pg_class c
            WHERE c.relnamespace = current_schema()::regnamespace AND starts_with(c.relname, \(table))
            """
        )?.decode(Int.self) ?? 0
    }
}
