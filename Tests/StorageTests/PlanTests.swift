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
    private func fill(_ session: Session) throws(PostgresError) -> BoardID {
        let name = BoardName(chat: nil)
        let others = (1...20).map { BoardName(chat: nil, window: .day, label: "day \($0)") }
        let boards = try session.resolveBoards([name] + others, game: game)
        guard let board = boards[name] else { throw PostgresError(.decoding, "no board") }
        _ = try session.execute(
            """
            INSERT INTO entries (game_id, board_id, player_id, sort_key, achieved_at, run_id)
            SELECT game_id, board_id, n, -(n % 100), to_timestamp(n), gen_random_uuid()
            FROM boards CROSS JOIN generate_series(1, 2000) AS n
            """
        )
        try session.script("ANALYZE entries")
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
            standing: Standing(
                sortKey: -50,
                achievedAt: Instant(milliseconds: 1_000_000),
                player: PlayerID(rawValue: 9)
            )
        )
    }

    @Test func `ranks, neighbours and pages use the index of the order`() async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let board = try fill(session)
            guard let game = try session.game(game) else { throw PostgresError(.decoding, "no game") }
            let probe = probe(board)
            let ignored = (1...50).map { EntryKey(board: board, player: PlayerID(rawValue: $0)) }
            let counted = try access(
                session,
                during: { session throws(PostgresError) in
                    _ = try session.countBefore([probe], game: game.id)
                }
            )
            #expect(counted == Access(scans: 1, visited: 49 * 20 + 10, others: 0))
            let neighbours = try access(
                session,
                during: { session throws(PostgresError) in
                    _ = try session.entriesAbove([probe], passingOver: ignored, game: game.id)
                }
            )
            #expect(neighbours == Access(scans: 1, visited: 1, others: 0))
            for stretch in [
                Stretch.fromTop, .from(probe.standing), .after(probe.standing), .before(probe.standing),
            ] {
                let page = try access(
                    session,
                    during: { session throws(PostgresError) in
                        _ = try session.lines(stretch, board: board, game: game, limit: 10)
                    }
                )
                #expect(page == Access(scans: 1, visited: 10, others: 0))
            }
        }
    }

    @Test func `the figures are right beside many equal scores`() async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let board = try fill(session)
            guard let game = try session.game(game) else { throw PostgresError(.decoding, "no game") }
            let probe = probe(board)
            // 49 scores are better, 20 entries each; of the score 50 those up to second 1000 come first.
            #expect(try session.countBefore([probe], game: game.id) == [49 * 20 + 10])
            #expect(try session.countEntries(of: [board], game: game.id) == [2000])
            let above = try session.entriesAbove([probe], passingOver: [], game: game.id)[0]
            #expect(above?.player.rawValue == 950)
            let passed = try session.entriesAbove(
                [probe],
                passingOver: [EntryKey(board: board, player: PlayerID(rawValue: 950))],
                game: game.id
            )[0]
            #expect(passed?.player.rawValue == 850)
        }
    }

    @Test func `many places of one board cost one walk, and whom to pass over is looked up once`()
        async throws
    {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            let board = try fill(session)
            let places = try session.query(
                """
                SELECT sort_key, achieved_at, player_id FROM entries WHERE board_id = \(board)
                ORDER BY sort_key, achieved_at, player_id
                """
            ).decode(Int64.self, Instant.self, PlayerID.self).map {
                Standing(sortKey: $0.0, achievedAt: $0.1, player: $0.2)
            }
            let probes = places.indices.shuffled().map {
                (rank: $0, Probe(board: board, standing: places[$0]))
            }
            var counts: [Int] = []
            let counted = try access(
                session,
                during: { session throws(PostgresError) in
                    counts = try session.countBefore(probes.map(\.1), game: game)
                }
            )
            #expect(counts == probes.map(\.rank))
            #expect(counted.visited < 2 * 2000)
            // All but the first are passed over, by way of a hash.
            let ignored = places.dropFirst().map { EntryKey(board: board, player: $0.player) }
            let above = try session.entriesAbove(probes.map(\.1), passingOver: ignored, game: game)
            #expect(above == probes.map { $0.rank == 0 ? nil : places[0] })
        }
    }
}
