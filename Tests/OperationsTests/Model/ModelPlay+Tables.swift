import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage

extension ModelPlay {
    /// Compares all tables that leaderboards are read from, and the log, with the model.
    func compareTables() async throws {
        try await compareChats()
        let owners = try await owners()
        let names = Dictionary(uniqueKeysWithValues: owners.map { ($0.value, $0.key) })
        let known = model.ranking
        let rows = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT g.board, b.chat_id, b.window_kind, b.label, b.entries,
                       e.player_id, e.score_key, e.achieved_at, e.run_id
                FROM games g JOIN boards b USING (game_id) LEFT JOIN entries e USING (game_id, board_id)
                """
            ).decode(
                String.self,
                ChatID?.self,
                String.self,
                String.self,
                Int.self,
                PlayerID?.self,
                Int64?.self,
                Instant?.self,
                RunID?.self
            )
        }
        var found: LeaderboardModel.Ranking = [:]
        var totals: [LeaderboardModel.Board: Int] = [:]
        for (name, chat, kind, label, total, player, scoreKey, achievedAt, run) in rows {
            guard let window = WindowKind(rawValue: kind), chat.map({ names[$0] != nil }) ?? true else {
                throw failure("there is a leaderboard \(kind) '\(label)' of the unknown chat \(chat as Any)")
            }
            let board = LeaderboardModel.Board(
                name: name,
                kind: BoardKind(scope: chat == nil ? .global : .chat, window: window),
                chat: chat.flatMap { names[$0] },
                label: label
            )
            totals[board] = total
            guard let player, let scoreKey, let achievedAt, let run else { continue }
            let sortKey = SortKey(scoreKey: scoreKey, achievedAt: achievedAt, player: player)
            found[board, default: [:]][player.rawValue] = Entry(sortKey: sortKey, run: run)
        }
        try require(totals, is: known.mapValues(\.count), "the totals")
        for (board, entries) in known { try require(found[board], is: entries, "the entries of \(board)") }
        try await compareLog()
        let miscounted = try await stage.pool.withSession { session throws(PostgresError) in
            var found: [BoardID] = []
            for game in try session.run(.gamesListWithBoards()) {
                found += try session.run(.boardsFindMiscounted(of: game.id))
            }
            return found
        }
        try require(miscounted, is: [], "the miscounted leaderboards")
    }

    /// Which chat of the database has which age.
    private func owners() async throws -> [Int: ChatID] {
        let rows = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT chat_instance, chat_id FROM chat_instances")
                .decode(ChatInstance.self, ChatID.self)
        }
        let chats = Dictionary(uniqueKeysWithValues: rows.map { ("\($0.0)", $0.1) })
        var owners: [Int: ChatID] = [:]
        for number in 0..<Self.chatCount {
            guard let age = model.chats.chat(number) else { continue }
            guard let chat = chats[self.chat(number).instance] else {
                throw failure("nothing is known of chat \(number)")
            }
            try require(chat, is: owners[age] ?? chat, "the chat of chat \(number)")
            owners[age] = chat
        }
        return owners
    }

    private func compareChats() async throws {
        let owners = try await owners()
        let zones = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT chat_id, zone FROM chats WHERE merged_into IS NULL")
                .decode(ChatID.self, String?.self)
        }
        let known = Dictionary(uniqueKeysWithValues: zones)
        for number in 0..<Self.chatCount {
            guard let chat = model.chats.chat(number).flatMap({ owners[$0] }) else { continue }
            try require(known[chat], is: .some(model.chats.zone(number)), "the zone of chat \(number)")
        }
    }

    private func compareLog() async throws {
        let game = stage.game
        let (rows, runs) = try await stage.pool.withSession { session throws(PostgresError) in
            let rows = try session.query(
                """
                SELECT g.board, s.run_id, s.player_id, s.score::bigint, s.started_at, s.accepted_at,
                       s.outcome IN ('r', 'h')
                FROM games g JOIN scores s USING (game_id) WHERE s.outcome <> 'o' ORDER BY s.seq
                """
            ).decode(
                String.self,
                RunID.self,
                Int64.self,
                Int64.self,
                Instant.self,
                Instant.self,
                Bool.self
            )
            let runs = try session.query("SELECT run_id FROM scores WHERE game_id = \(game)").decode(
                RunID.self
            )
            return (rows, runs)
        }
        for board in model.rules.keys {
            let found = rows.filter { $0.0 == board }.map {
                "\($0.1) \($0.2) \($0.3) \($0.4) \($0.5) \($0.6)"
            }
            let expected = model.runs.filter { $0.board == board }.map { run in
                "\(run.id) \(run.player) \(run.submitted) \(run.startedAt) \(run.acceptedAt) \(!run.reasons.isEmpty)"
            }
            try require(found, is: expected, "the log of \(board)")
        }
        try require(runs.count, is: Set(runs).count, "how often each run is in the game's own log")
        try require(Set(runs), is: Set(model.runs.map(\.id)), "the runs of all boards in the game's own log")
    }

    // MARK: - Rebuilds

    /// Everything that leaderboards are read from, as text.
    ///
    /// - Parameter hasCounts: Whether the counts of ranks, whose buckets depend on history, are to be in it.
    /// - Returns: The rows in order.
    /// - Throws: `PostgresError`.
    func dump(hasCounts: Bool = true) async throws -> [String] {
        try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT concat_ws(' ', g.board, b.chat_id, b.window_kind, b.label, b.entries, b.has_rank_buckets) AS line
                FROM games g JOIN boards b USING (game_id)
                UNION ALL
                SELECT concat_ws(' ', g.board, b.chat_id, b.window_kind, b.label, e.player_id, e.score_key, e.achieved_at, e.run_id)
                FROM games g JOIN boards b USING (game_id) JOIN entries e USING (game_id, board_id)
                UNION ALL
                SELECT concat_ws(' ', g.board, b.chat_id, b.window_kind, b.label, 'level', r.level, r.score_key, r.achieved_at,
                                 r.player_id, r.entries)
                FROM games g JOIN boards b USING (game_id) JOIN rank_buckets r USING (game_id, board_id)
                WHERE \(hasCounts)
                ORDER BY line
                """
            ).decode(String.self)
        }
    }

    /// Makes everything anew from the log: over what is there, which must change nothing, and out of nothing twice.
    func compareRebuilds() async throws {
        let game = try game()
        let administration = ensemble.administration
        let before = try await dump()
        let plain = try await dump(hasCounts: false)
        let report = try await administration.rebuildGame(game)
        try require(report, is: RebuildReport(), "the report of a rebuild of what was right")
        try require(try await dump(), is: before, "the tables after a rebuild of what was right")
        var rebuilt: [[String]] = []
        for _ in 0..<2 {
            for table in ["rank_buckets", "entries", "boards"] {
                try await stage.sql("DELETE FROM \(unescaped: table)")
            }
            let report = try await administration.rebuildGame(game)
            try require(
                ExpectedReport(report),
                is: ExpectedReport(before: [:], after: model.ranking),
                "the report of a rebuild out of nothing"
            )
            try require(
                try await dump(hasCounts: false),
                is: plain,
                "the tables after a rebuild out of nothing"
            )
            rebuilt.append(try await dump())
        }
        try require(rebuilt[1], is: rebuilt[0], "the counts of ranks after two rebuilds out of nothing")
        try await compareTables()
    }
}
