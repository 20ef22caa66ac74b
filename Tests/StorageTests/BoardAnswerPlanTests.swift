import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// What answers to questions about leaderboards cost does not depend on how large anything is.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct BoardAnswerPlanTests {
    private static let game = GameID(rawValue: 1)
    private static let entries: Int64 = 2000

    /// What a statement read, by table or index.
    private struct Access: Equatable {
        var scans: Int64
        var rows: Int64
    }

    /// Fills one large leaderboard and others beside it, and names for the players of all.
    private func fill(_ session: Session, hasRankBuckets: Bool) throws(PostgresError) {
        try session.fillBoards(of: Self.game, entries: Self.entries, hasRankBuckets: hasRankBuckets)
        _ = try session.execute(
            """
            INSERT INTO players (bot_id, player_id, first_name)
            SELECT g.bot_id, n, 'Player ' || n FROM games g CROSS JOIN generate_series(1, \(Self.entries)) AS n
            """
        )
        try session.script("ANALYZE entries; ANALYZE boards; ANALYZE rank_buckets; ANALYZE players")
    }

    private func accesses(_ session: Session) throws(PostgresError) -> [String: Access] {
        let rows = try session.query(
            """
            SELECT c.relname, pg_stat_get_xact_numscans(c.oid), pg_stat_get_xact_tuples_returned(c.oid)
            FROM pg_class c
            WHERE c.relname IN ('entries', 'entries_pkey', 'entries_in_order', 'players', 'players_pkey',
                                'rank_buckets', 'rank_buckets_pkey')
            """
        )
        var accesses: [String: Access] = [:]
        for row in rows {
            let (name, scans, read) = try row.decode(String.self, Int64.self, Int64.self)
            accesses[name] = Access(scans: scans, rows: read)
        }
        return accesses
    }

    private func access(
        _ session: Session,
        _ questions: [BoardQuestion]
    ) throws(PostgresError) -> [String: Access] {
        var all = BoardQuestions()
        let address = BoardAddress(game: Self.game, chat: nil)
        for question in questions { _ = all.ask(question, about: address) }
        let before = try accesses(session)
        let (_, answers) = try session.run(.boardsAnswer(all))
        #expect(answers.allSatisfy { $0 != nil })
        var change = try accesses(session)
        for (name, access) in before {
            change[name]?.scans -= access.scans
            change[name]?.rows -= access.rows
        }
        return change
    }

    private static let place = SortKey(
        scoreKey: -50,
        achievedAt: Instant(milliseconds: 1_000_000),
        player: PlayerID(rawValue: 9)
    )
    private static let someone = PlayerID(rawValue: 1050)

    /// Questions, entries read in order beyond those that are counted for the rank, and names read.
    private static let questions: [(BoardQuestion, lines: Int64, names: Int64, hasRank: Bool)] = [
        (.place(of: someone), 0, 0, true), (.top(limit: 10), 10, 10, false),
        (.around(someone, limit: 10), 10, 10, true), (.after(place, limit: 10), 10, 10, true),
        (.before(place, limit: 10), 10, 10, true),
    ]

    @Test(arguments: [false, true], ["force_custom_plan", "force_generic_plan"])
    func `a page reads its lines and no more`(hasRankBuckets: Bool, plan: String) async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            try fill(session, hasRankBuckets: hasRankBuckets)
            try session.script("SET LOCAL plan_cache_mode = \(plan)")
            for (question, lines, names, hasRank) in Self.questions {
                let access = try access(session, [question])
                // 990 entries stand before; where counts are kept, only those of the last stretch are walked. Ten more
                // have the same score.
                let walked: Int64 = hasRank ? (hasRankBuckets ? 990 % 128 : 990) + 10 : 0
                #expect(access["entries_in_order"]?.rows == walked + lines)
                #expect(access["entries_pkey"]?.rows == (question.player == nil ? 0 : 1))
                #expect(access["players_pkey"]?.rows == names)
                for table in ["entries", "players", "rank_buckets"] { #expect(access[table]?.scans == 0) }
                // The stretch of each level, and those of level 0 up to it.
                let counted = hasRank && hasRankBuckets ? 3 + 990 / 128 : 0
                #expect(access["rank_buckets_pkey"]?.rows ?? 0 == Int64(counted))
            }
        }
    }

    @Test func `what many ask is read once`() async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            try fill(session, hasRankBuckets: true)
            let same = Array(repeating: BoardQuestion.top(limit: 10), count: 50)
            #expect(try access(session, same)["entries_in_order"]?.rows == 10)
            let viewers = (1...50).map { BoardQuestion.place(of: PlayerID(rawValue: $0)) }
            let access = try access(session, same + viewers + viewers)
            #expect(access["entries_pkey"]?.rows == 50)
            #expect(access["players_pkey"]?.rows == 10)
        }
    }
}

extension BoardQuestion {
    fileprivate var player: PlayerID? {
        switch self {
        case .place(let player), .around(let player, _): player
        case .top, .after, .before: nil
        }
    }
}
