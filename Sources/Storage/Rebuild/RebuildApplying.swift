import Leaderboards
import Postgres

extension Rebuild {
    /// Finds out where one kind of leaderboard differs from what was worked out.
    mutating func compare(_ kind: BoardKind) throws(PostgresError) {
        let sign = game.rules.order == .higher ? "-" : ""
        let score = game.rules.keep == .sum ? "s.total" : "r.score"
        let players =
            isOfPlayers
            ? "JOIN rebuilt_entries s ON s.chat_id = x.chat_id AND s.slot = x.slot AND s.player_id = e.player_id"
            : ""
        try session.execute(
            """
            INSERT INTO rebuilt_changes (board_id, player_id, score_key, achieved_at, run_id, old_key, old_at, old_run)
            SELECT coalesce(t.board_id, e.board_id), coalesce(t.player_id, e.player_id),
                   t.score_key, t.achieved_at, t.run_id, e.score_key, e.achieved_at, e.run_id
            FROM (
                SELECT x.board_id, s.player_id, \(unescaped: sign + score) AS score_key, r.achieved_at, r.run_id
                FROM rebuilt_entries s
                JOIN rebuilt_boards x ON x.chat_id = s.chat_id AND x.slot = s.slot
                JOIN rebuilt_runs r ON r.place = s.place
            ) AS t
            FULL JOIN (
                SELECT e.board_id, e.player_id, e.score_key, e.achieved_at, e.run_id
                FROM rebuilt_boards x
                JOIN entries e ON e.game_id = \(game.id) AND e.board_id = x.board_id
                \(unescaped: players)
            ) AS e ON e.board_id = t.board_id AND e.player_id = t.player_id
            WHERE (t.score_key, t.achieved_at, t.run_id) IS DISTINCT FROM (e.score_key, e.achieved_at, e.run_id)
            """
        )
        try session.execute(
            """
            UPDATE rebuilt_boards x
            SET changes = c.changes, entries = x.entries + CASE WHEN \(isOfPlayers) THEN c.gained ELSE 0 END
            FROM (
                SELECT board_id, count(*) AS changes,
                       count(*) FILTER (WHERE old_run IS NULL) - count(*) FILTER (WHERE run_id IS NULL) AS gained
                FROM rebuilt_changes GROUP BY board_id
            ) AS c
            WHERE c.board_id = x.board_id
            """
        )
        try noteDifferences(kind)
    }

    /// Tells of the scores in chats over all time that are not what they were.
    func tellChatScores(_ body: ([ChatScore]) throws(PostgresError) -> Void) throws(PostgresError) {
        try session.execute(
            """
            DECLARE chat_scores CURSOR FOR
            SELECT x.chat_id, c.player_id, c.score_key
            FROM rebuilt_changes c JOIN rebuilt_boards x USING (board_id)
            JOIN chats ON chats.chat_id = x.chat_id AND chats.merged_into IS NULL
            """
        )
        try session.chatScoresFetch(of: game, body)
    }

    /// Writes the differences of one kind of leaderboard.
    func apply(_ kind: BoardKind) throws(PostgresError) {
        let game = game.id
        // The planner would take a long list of changes for a short one, and look through it for each entry.
        if found.added + found.changed + found.removed > 1000 {
            try session.execute("ANALYZE rebuilt_changes")
        }
        if found.removed > 0 {
            try session.execute(
                """
                DELETE FROM entries e USING rebuilt_changes c
                WHERE c.run_id IS NULL AND e.game_id = \(game) AND e.board_id = c.board_id AND e.player_id = c.player_id
                """
            )
        }
        if found.changed > 0 {
            try session.execute(
                """
                UPDATE entries e SET score_key = c.score_key, achieved_at = c.achieved_at, run_id = c.run_id
                FROM rebuilt_changes c
                WHERE c.run_id IS NOT NULL AND c.old_run IS NOT NULL
                  AND e.game_id = \(game) AND e.board_id = c.board_id AND e.player_id = c.player_id
                """
            )
        }
        // In the order of the wider index, which is then filled from left to right.
        try session.execute(
            """
            INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
            SELECT \(game), board_id, player_id, score_key, achieved_at, run_id
            FROM rebuilt_changes WHERE old_run IS NULL
            ORDER BY board_id, score_key, achieved_at, player_id
            """
        )
        try session.execute(
            """
            UPDATE boards b SET entries = x.entries, version = DEFAULT FROM rebuilt_boards x
            WHERE b.game_id = \(game) AND b.board_id = x.board_id AND (b.entries <> x.entries OR x.changes > 0)
            """
        )
        let boards = try boardsToRebucket()
        if isOfPlayers { try moveBuckets() }
        if !boards.isEmpty { try session.rankBucketsRebuild(of: boards, game: game) }
        try session.execute(
            """
            DELETE FROM boards b USING rebuilt_boards x
            WHERE b.game_id = \(game) AND b.board_id = x.board_id AND x.entries = 0
            """
        )
    }

    /// Follows few changes of a leaderboard one by one in its buckets, however many entries it has.
    private func moveBuckets() throws(PostgresError) {
        let rows = try session.query(
            """
            SELECT c.board_id, c.player_id, c.old_key, c.old_at, c.score_key, c.achieved_at
            FROM rebuilt_changes c
            JOIN rebuilt_boards x USING (board_id)
            JOIN boards b ON b.game_id = \(game.id) AND b.board_id = c.board_id
            WHERE b.has_rank_buckets AND x.entries > 0 AND x.changes <= \(Self.fewChanges)
            ORDER BY c.board_id, c.player_id
            """
        ).decode(BoardID.self, PlayerID.self, Int64?.self, Instant?.self, Int64?.self, Instant?.self)
        let moves = rows.flatMap { board, player, oldKey, oldAt, scoreKey, achievedAt in
            [(SortKey(oldKey, oldAt, player), Int64(-1)), (SortKey(scoreKey, achievedAt, player), 1)]
                .compactMap { sortKey, change in
                    sortKey.map { RankMove(probe: Probe(board: board, sortKey: $0), change: change) }
                }
        }
        guard !moves.isEmpty else { return }
        let outgrown = try session.run(.rankBucketsMove(moves, game: game.id))
        try session.rankBucketsRebalance(at: outgrown, game: game.id)
    }

    /// So many changes of one leaderboard are followed one by one; for more, making buckets anew is quicker.
    private static let fewChanges: Int64 = 2000

    /// The leaderboards whose buckets may not be right any more and are not followed change by change.
    private func boardsToRebucket() throws(PostgresError) -> [BoardID] {
        if isOfPlayers {
            return try session.query(
                """
                SELECT b.board_id
                FROM rebuilt_boards x
                JOIN boards b ON b.game_id = \(game.id) AND b.board_id = x.board_id
                WHERE x.changes > 0 AND CASE WHEN b.has_rank_buckets
                    THEN x.entries = 0 OR x.changes > \(Self.fewChanges)
                    ELSE x.entries > \(Int64(RankBuckets.threshold)) END
                """
            ).decode(BoardID.self)
        }
        return try session.query(
            """
            SELECT b.board_id
            FROM rebuilt_boards x
            JOIN boards b ON b.game_id = \(game.id) AND b.board_id = x.board_id
            WHERE CASE WHEN b.has_rank_buckets
                THEN x.entries = 0 OR x.changes > 0 OR x.entries <> x.before OR x.entries IS DISTINCT FROM (
                    SELECT sum(r.entries) FROM rank_buckets r
                    WHERE r.game_id = b.game_id AND r.board_id = b.board_id AND r.level = 0)
                ELSE x.entries > \(Int64(RankBuckets.threshold)) END
            """
        ).decode(BoardID.self)
    }

    private mutating func noteDifferences(_ kind: BoardKind) throws(PostgresError) {
        let counts = try session.first(
            """
            SELECT count(*) FILTER (WHERE old_run IS NULL),
                   count(*) FILTER (WHERE old_run IS NOT NULL AND run_id IS NOT NULL),
                   count(*) FILTER (WHERE run_id IS NULL)
            FROM rebuilt_changes
            """
        )
        guard let (added, changed, removed) = try counts?.decode(Int.self, Int.self, Int.self) else { return }
        if added + changed + removed > 0 { report.digest &+= try digest(of: kind) }
        found = (added, changed, removed)
        report.entriesAdded += added
        report.entriesChanged += changed
        report.entriesRemoved += removed
        let boards = try session.first(
            """
            SELECT count(*) FILTER (WHERE before = 0 AND entries > 0),
                   count(*) FILTER (WHERE before > 0 AND entries > 0 AND (changes > 0 OR before <> entries)),
                   count(*) FILTER (WHERE before > 0 AND entries = 0)
            FROM rebuilt_boards
            """
        )
        guard let (added, changed, removed) = try boards?.decode(Int.self, Int.self, Int.self) else { return }
        report.boardsAdded += added
        report.boardsChanged += changed
        report.boardsRemoved += removed
        guard kind.scope == .chat else {
            report.includesGlobal = report.includesGlobal || added + changed + removed > 0
            return try takeSample(kind)
        }
        report.chats.formUnion(
            try session.query(
                "SELECT DISTINCT chat_id FROM rebuilt_boards WHERE changes > 0 OR before <> entries"
            ).decode(ChatID.self)
        )
        try takeSample(kind)
    }

    /// A number that follows from all differences of one kind of leaderboard.
    ///
    /// A sum of hashes needs no order and no memory. A leaderboard is known by what it is of, since one that a change
    /// makes has another number each time; of a run that a change makes only the score stays the same.
    private func digest(of kind: BoardKind) throws(PostgresError) -> Int64 {
        try session.first(
            """
            SELECT (coalesce(sum(hash_record_extended(ROW(
                        x.chat_id, x.label, c.player_id, c.old_key, c.old_at, c.old_run, c.score_key),
                        \(game.id.rawValue &* 8 &+ Int64(kind.window.ordinal)))), 0) % (1::bigint << 62))::bigint
            FROM rebuilt_changes c JOIN rebuilt_boards x USING (board_id)
            """
        )?.decode(Int64.self) ?? 0
    }

    private mutating func takeSample(_ kind: BoardKind) throws(PostgresError) {
        let room = RebuildReport.sampleLimit - report.sample.count
        guard room > 0 else { return }
        let order = game.rules.order
        report.sample += try session.query(
            """
            SELECT nullif(x.chat_id, 0), x.label, n.chat_instance, c.player_id, c.old_key, c.old_at, c.old_run,
                   c.score_key, c.achieved_at, c.run_id
            FROM rebuilt_changes c
            JOIN rebuilt_boards x USING (board_id)
            LEFT JOIN LATERAL (
                SELECT i.chat_instance FROM chat_instances i WHERE i.chat_id = x.chat_id
                ORDER BY i.chat_instance LIMIT 1
            ) AS n ON true
            ORDER BY x.chat_id, x.label, coalesce(c.score_key, c.old_key), coalesce(c.achieved_at, c.old_at),
                     c.player_id
            LIMIT \(Int64(room))
            """
        ).map { row throws(PostgresError) in
            let (chat, label, instance, player, oldKey, oldAt, oldRun, scoreKey, achievedAt, run) =
                try row.decode(
                    ChatID?.self,
                    String.self,
                    ChatInstance?.self,
                    PlayerID.self,
                    Int64?.self,
                    Instant?.self,
                    RunID?.self,
                    Int64?.self,
                    Instant?.self,
                    RunID?.self
                )
            return RebuildReport.Difference(
                board: BoardName(chat: chat, window: kind.window, label: label),
                chatInstance: instance,
                player: player,
                order: order,
                before: Entry(oldKey, oldAt, player, oldRun),
                after: Entry(scoreKey, achievedAt, player, run)
            )
        }
    }
}
