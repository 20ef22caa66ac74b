import Leaderboards
import Logging
import Postgres
import Storage
import TestSupport
import Testing

/// Ranks and pages come from the index of the one order, not from a walk over a table or a sort.
@Suite(.scratchDatabase(.withGame), .timeLimit(.minutes(10)))
struct PlanTests {
    private let game = GameID(rawValue: 1)

    /// Fills a board with many entries of few distinct scores, and others beside it, as a grown table has them.
    private func fill(_ session: Session, hasRankBuckets: Bool) throws(PostgresError) -> BoardID {
        let board = try session.fillBoards(of: game, hasRankBuckets: hasRankBuckets)
        try session.script("ANALYZE entries; ANALYZE boards; ANALYZE rank_buckets")
        return board
    }

    /// How a body reached the entries: scans of the ordered index, index entries they visited, other scans.
    private struct Access: Equatable {
        var scans: Int64
        var visited: Int64
        var others: Int64
    }

    /// What the transaction has done so far, by the server's own counters.
    private func access(_ session: Session) throws(PostgresError) -> Access {
        let row = try session.first(
            """
            SELECT coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)) FILTER (WHERE i.is_order), 0)::bigint,
                   coalesce(sum(pg_stat_get_xact_tuples_returned(i.indexrelid)) FILTER (WHERE i.is_order), 0)::bigint,
                   (coalesce(sum(pg_stat_get_xact_numscans(i.indexrelid)) FILTER (WHERE NOT i.is_order), 0)
                    + pg_stat_get_xact_numscans('entries'::regclass))::bigint
            FROM (SELECT indexrelid, indexrelid = 'entries_in_order'::regclass AS is_order
                  FROM pg_index WHERE indrelid = 'entries'::regclass) AS i
            """
        )
        guard let row else { throw PostgresError(.decoding, "no counters") }
        let (scans, visited, others) = try row.decode(Int64.self, Int64.self, Int64.self)
        return Access(scans: scans, visited: visited, others: others)
    }

    private func access(
        _ session: Session,
        during body: (Session) throws(PostgresError) -> Void
    ) throws(PostgresError) -> Access {
        let before = try access(session)
        try body(session)
        let after = try access(session)
        return Access(
            scans: after.scans - before.scans,
            visited: after.visited - before.visited,
            others: after.others - before.others
        )
    }

    private func probe(_ board: BoardID) -> Probe {
        Probe(
            board: board,
            sortKey: SortKey(
                scoreKey: -50,
                achievedAt: Instant(milliseconds: 1_000_000),
                player: PlayerID(rawValue: 9)
            )
        )
    }

    @Test(arguments: [false, true])
    func `ranks, neighbours, positions and pages use the index of the order`(hasRankBuckets: Bool)
        async throws
    {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let board = try fill(session, hasRankBuckets: hasRankBuckets)
            guard let game = try session.run(.gameGet(game)) else {
                throw PostgresError(.decoding, "no game")
            }
            let probe = probe(board)
            let ignored = (1...50).map { EntryKey(board: board, player: PlayerID(rawValue: $0)) }
            let counted = try access(
                session,
                during: { session throws(PostgresError) in
                    _ = try session.run(.entriesCountBefore([probe], game: game.id))
                }
            )
            // A leaderboard that keeps counts is walked from the begin of the stretch only, 990 being 7 * 128 + 94, and
            // to the end of the equal scores, of which ten more follow.
            #expect(counted == Access(scans: 1, visited: hasRankBuckets ? 104 : 1000, others: 0))
            let neighbours = try access(
                session,
                during: { session throws(PostgresError) in
                    _ = try session.run(.entriesAbove([probe], passingOver: ignored, game: game.id))
                }
            )
            #expect(neighbours == Access(scans: 1, visited: 1, others: 0))
            let position = try access(
                session,
                during: { session throws(PostgresError) in
                    let key = PositionKey(board: BoardName(chat: nil), player: PlayerID(rawValue: 150))
                    _ = try session.run(.positionsGet([key], game: game.id))
                }
            )
            // The entry by the primary key, its rank and the one above by the order.
            #expect(position.others == 1 && position.scans == 2)
        }
    }

    @Test(arguments: [false, true])
    func `the figures are right beside many equal scores`(hasRankBuckets: Bool) async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let board = try fill(session, hasRankBuckets: hasRankBuckets)
            guard let game = try session.run(.gameGet(game)) else {
                throw PostgresError(.decoding, "no game")
            }
            let probe = probe(board)
            // 49 scores are better, 20 entries each; of the score 50 those up to second 1000 come first.
            #expect(try session.run(.entriesCountBefore([probe], game: game.id)) == [49 * 20 + 10])
            let above = try session.run(.entriesAbove([probe], passingOver: [], game: game.id))[0]
            #expect(above?.player.rawValue == 950)
            let passed = try session.run(
                .entriesAbove(
                    [probe],
                    passingOver: [EntryKey(board: board, player: PlayerID(rawValue: 950))],
                    game: game.id
                )
            )[0]
            #expect(passed?.player.rawValue == 850)
            let key = PositionKey(board: BoardName(chat: nil), player: PlayerID(rawValue: 1050))
            let position = try session.run(.positionsGet([key], game: game.id))[0]
            #expect(position.board?.total == 2000)
            #expect(position.countBefore == 49 * 20 + 10)
            #expect(position.above?.player.rawValue == 950)
        }
    }

    @Test(arguments: [false, true])
    func `all places of a board are counted right in one statement`(hasRankBuckets: Bool) async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let board = try fill(session, hasRankBuckets: hasRankBuckets)
            let places = try session.query(
                """
                SELECT score_key, achieved_at, player_id FROM entries WHERE board_id = \(board)
                ORDER BY score_key, achieved_at, player_id
                """
            ).decode(Int64.self, Instant.self, PlayerID.self).map {
                SortKey(scoreKey: $0.0, achievedAt: $0.1, player: $0.2)
            }
            let probes = places.indices.shuffled().map {
                (rank: $0, Probe(board: board, sortKey: places[$0]))
            }
            #expect(try session.run(.entriesCountBefore(probes.map(\.1), game: game)) == probes.map(\.rank))
            // All but the first are passed over, by way of a hash.
            let ignored = places.dropFirst().map { EntryKey(board: board, player: $0.player) }
            let above = try session.run(.entriesAbove(probes.map(\.1), passingOver: ignored, game: game))
            #expect(above == probes.map { $0.rank == 0 ? nil : places[0] })
        }
    }
}
