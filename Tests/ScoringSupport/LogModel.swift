package import Leaderboards
import Postgres
package import Operations
import Scoring
package import Storage

/// The leaderboards of a game as its log says, counted run by run without any SQL but the reading of the rows.
package struct LogModel: Sendable {
    /// One line of a leaderboard.
    package struct Line: Hashable, Sendable {
        package let board: BoardName
        package let entry: Entry
    }

    /// A run that counts.
    private struct LoggedRun {
        let player: PlayerID
        let chat: ChatID?
        let zone: String?
        let startedAt: Instant
        let acceptedAt: Instant
        let score: Int32
        let run: RunID
    }

    /// Counts the log of a game by rules.
    ///
    /// - Parameters:
    ///   - stage: Where the game is.
    ///   - rules: The rules; nil are the game's own.
    /// - Returns: What every leaderboard has to hold.
    /// - Throws: `PostgresError`.
    package static func lines(_ stage: Stage, rules: GameRules? = nil) async throws -> Set<Line> {
        let (game, id) = (try await stage.currentGame(), stage.game)
        let rules = rules ?? game.rules
        let runs = try await stage.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT s.player_id, k.chat_id, k.zone, s.started_at, s.accepted_at, s.score, s.run_id
                FROM scores s
                LEFT JOIN chats c ON c.chat_id = s.chat_id
                LEFT JOIN chats k ON k.chat_id = coalesce(c.merged_into, c.chat_id)
                WHERE s.game_id = \(id) AND s.outcome IN ('n', 'u', 'b', 'i') ORDER BY s.seq
                """
            ).map { row throws(PostgresError) in
                let (player, chat, zone, startedAt, acceptedAt, score, run) = try row.decode(
                    PlayerID.self,
                    ChatID?.self,
                    String?.self,
                    Instant.self,
                    Instant.self,
                    Int32.self,
                    RunID.self
                )
                return LoggedRun(
                    player: player,
                    chat: chat,
                    zone: zone,
                    startedAt: startedAt,
                    acceptedAt: acceptedAt,
                    score: score,
                    run: run
                )
            }
        }
        var boards: [BoardName: [PlayerID: Entry]] = [:]
        for run in runs {
            guard let score = Score(run.score) else { continue }
            for board in try names(of: run, rules) {
                boards[board, default: [:]][run.player] = rules.entry(
                    after: boards[board]?[run.player],
                    score: score,
                    acceptedAt: run.acceptedAt,
                    player: run.player,
                    run: run.run
                )
            }
        }
        return Set(boards.flatMap { board, entries in entries.values.map { Line(board: board, entry: $0) } })
    }

    private static func names(of run: LoggedRun, _ rules: GameRules) throws -> [BoardName] {
        let own = try rules.calendar(zone: run.zone)
        let game = try rules.calendar()
        return WindowKind.allCases.flatMap { window -> [BoardName] in
            var names: [BoardName] = []
            if let interval = game.interval(window, containing: run.startedAt) {
                names.append(BoardName(chat: nil, window: window, label: interval.label))
            }
            if let chat = run.chat, let interval = own.interval(window, containing: run.startedAt) {
                names.append(BoardName(chat: chat, window: window, label: interval.label))
            }
            return names
        }
    }
}

extension Stage {
    /// The game as the database has it now.
    package func currentGame() async throws -> Game {
        let game = game
        let found = try await pool.withSession { session throws(PostgresError) in
            try session.run(.gameGet(game))
        }
        guard let found else { throw StageError("the game is gone") }
        return found
    }

    /// The leaderboards as the database has them.
    package func storedLines() async throws -> Set<LogModel.Line> {
        let game = game
        return try await pool.withSession { session throws(PostgresError) in
            let lines = try session.query(
                """
                SELECT b.chat_id, b.window_kind, b.label, e.player_id, e.score_key, e.achieved_at, e.run_id
                FROM boards b JOIN entries e USING (game_id, board_id) WHERE b.game_id = \(game)
                """
            ).map { row throws(PostgresError) in
                let (chat, kind, label, player, scoreKey, achievedAt, run) = try row.decode(
                    ChatID?.self,
                    String.self,
                    String.self,
                    PlayerID.self,
                    Int64.self,
                    Instant.self,
                    RunID.self
                )
                return LogModel.Line(
                    board: BoardName(chat: chat, window: WindowKind(rawValue: kind) ?? .all, label: label),
                    entry: Entry(
                        sortKey: SortKey(scoreKey: scoreKey, achievedAt: achievedAt, player: player),
                        run: run
                    )
                )
            }
            return Set(lines)
        }
    }

    /// Leaderboards whose counts are wrong, or that are there without an entry.
    package func brokenBoards() async throws -> [BoardID] {
        let game = game
        return try await pool.withSession { session throws(PostgresError) in
            let empty = try session.query(
                "SELECT board_id FROM boards WHERE game_id = \(game) AND entries = 0"
            )
            .decode(BoardID.self)
            return try session.run(.boardsFindMiscounted(of: game)) + empty
        }
    }

    /// Everything of the leaderboards, to the byte.
    package func dump() async throws -> [String] {
        let game = game
        return try await pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT 'board ' || b::text FROM boards b WHERE game_id = \(game)
                UNION ALL SELECT 'entry ' || e::text FROM entries e WHERE game_id = \(game)
                UNION ALL SELECT 'count ' || r::text FROM rank_buckets r WHERE game_id = \(game)
                ORDER BY 1
                """
            ).decode(String.self)
        }
    }

    /// An operator at this stage.
    package var administration: Administration { Administration(pool: pool, actor: "ada") }
}
