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
        let (game, known) = (stage.game, model.ranking)
        let rows = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT b.chat_id, b.window_kind, b.label, b.entries, e.player_id, e.score_key, e.achieved_at, e.run_id
                FROM boards b LEFT JOIN entries e USING (game_id, board_id)
                WHERE b.game_id = \(game)
                """
            ).decode(
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
        for (chat, kind, label, total, player, scoreKey, achievedAt, run) in rows {
            guard let window = WindowKind(rawValue: kind), chat.map({ names[$0] != nil }) ?? true else {
                throw failure("there is a leaderboard \(kind) '\(label)' of the unknown chat \(chat as Any)")
            }
            let board = LeaderboardModel.Board(
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
            try session.run(.boardsFindMiscounted(of: game))
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
        let rows = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT run_id, player_id, score::bigint, started_at, accepted_at, outcome IN ('r', 'h')
                FROM scores WHERE game_id = \(game) ORDER BY seq
                """
            ).decode(
                RunID.self,
                Int64.self,
                Int64.self,
                Instant.self,
                Instant.self,
                Bool.self
            ).map { "\($0.0) \($0.1) \($0.2) \($0.3) \($0.4) \($0.5)" }
        }
        let expected = model.runs.map { run in
            "\(run.id) \(run.player) \(run.submitted) \(run.startedAt) \(run.acceptedAt) \(!run.reasons.isEmpty)"
        }
        try require(rows, is: expected, "the log")
    }

    // MARK: - Rebuilds

    /// Everything that leaderboards are read from, as text.
    ///
    /// - Parameter hasCounts: Whether the counts of ranks, whose buckets depend on history, are to be in it.
    /// - Returns: The rows in order.
    /// - Throws: `PostgresError`.
    func dump(hasCounts: Bool = true) async throws -> [String] {
        let game = stage.game
        return try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT concat_ws(' ', b.chat_id, b.window_kind, b.label, b.entries, b.has_rank_buckets) AS line FROM boards b
                WHERE b.game_id = \(game)
                UNION ALL
                SELECT concat_ws(' ', b.chat_id, b.window_kind, b.label, e.player_id, e.score_key, e.achieved_at, e.run_id)
                FROM boards b JOIN entries e USING (game_id, board_id) WHERE b.game_id = \(game)
                UNION ALL
                SELECT concat_ws(' ', b.chat_id, b.window_kind, b.label, 'level', r.level, r.score_key, r.achieved_at,
                                 r.player_id, r.entries)
                FROM boards b JOIN rank_buckets r USING (game_id, board_id) WHERE b.game_id = \(game) AND \(hasCounts)
                ORDER BY line
                """
            ).decode(String.self)
        }
    }

    /// Makes everything anew from the log: over what is there, which must change nothing, and out of nothing twice.
    func compareRebuilds() async throws {
        guard let game = ensemble.game() else { throw failure("the game is not known") }
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
