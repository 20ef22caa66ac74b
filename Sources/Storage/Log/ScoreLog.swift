package import Leaderboards
package import Postgres

/// What became of a run, as the log tells it.
package enum LoggedOutcome: String, CaseIterable, Sendable {
    case newBest = "n"
    case updated = "u"
    case notBetter = "b"
    case held = "h"
    case refused = "r"
    /// The run feeds declared boards only, whose logs tell the rest.
    case elsewhere = "o"
    case imported = "i"

    /// What answers, lists and exports call it.
    package var name: String {
        switch self {
        case .newBest: "new_best"
        case .updated: "updated"
        case .notBetter: "not_better"
        case .held: "held"
        case .refused: "refused"
        case .elsewhere: "elsewhere"
        case .imported: "imported"
        }
    }
}

/// One row of the score log.
package struct LoggedScore: Sendable {
    package let run: RunID
    package let launchedAt: Instant
    package let player: PlayerID
    package let chat: ChatID?
    package let score: Score
    package let startedAt: Instant
    package let acceptedAt: Instant
    package let outcome: LoggedOutcome
    package let reasons: [String]
    /// What the first answer said, as JSON; nil where nobody waited for one.
    package let answer: JSONText?
    /// The names of the declared boards that the run fed, on the row of the game itself.
    package let boards: [String]
    package let metadata: JSONText?

    package init(
        run: RunID,
        launchedAt: Instant,
        player: PlayerID,
        chat: ChatID?,
        score: Score,
        startedAt: Instant,
        acceptedAt: Instant,
        outcome: LoggedOutcome,
        reasons: [String],
        answer: JSONText?,
        boards: [String] = [],
        metadata: JSONText?
    ) {
        self.run = run
        self.launchedAt = launchedAt
        self.player = player
        self.chat = chat
        self.score = score
        self.startedAt = startedAt
        self.acceptedAt = acceptedAt
        self.outcome = outcome
        self.reasons = reasons
        self.answer = answer
        self.boards = boards
        self.metadata = metadata
    }
}

/// What the logs keep of one run.
package struct LoggedRun: Sendable {
    /// The row of its game, whose key makes a repetition known.
    package let score: LoggedScore
    /// The rows of the declared boards that it feeds.
    package let boards: [(board: GameID, score: LoggedScore)]

    package init(_ score: LoggedScore, boards: [(board: GameID, score: LoggedScore)] = []) {
        self.score = score
        self.boards = boards
    }
}

/// The key of a run in the log of its game.
package struct RunKey: Hashable, Sendable {
    package let launchedAt: Instant
    package let run: RunID

    package init(launchedAt: Instant, run: RunID) {
        self.launchedAt = launchedAt
        self.run = run
    }
}

extension Statement where Value == [RunKey: LoggedScore] {
    /// The rows of those of some runs that are logged, without metadata.
    package static func scoresGet(of runs: [RunKey], game: GameID) -> Self {
        Self(
            """
            SELECT s.launched_at, s.run_id, s.player_id, s.chat_id, s.score, s.started_at, s.accepted_at,
                   s.outcome::text, coalesce(s.reasons, '{}'), s.answer
            FROM unnest(\(runs.map(\.launchedAt)), \(runs.map(\.run))) AS x (launched_at, run_id)
            -- By itself (OFFSET 0), so that one month's index is entered with the whole key.
            CROSS JOIN LATERAL (
                SELECT * FROM scores l
                WHERE l.game_id = \(game) AND l.launched_at = x.launched_at AND l.run_id = x.run_id OFFSET 0
            ) AS s
            """
        ) { rows throws(PostgresError) in
            var found: [RunKey: LoggedScore] = [:]
            for row in rows {
                let logged = try LoggedScore(row)
                found[RunKey(launchedAt: logged.launchedAt, run: logged.run)] = logged
            }
            return found
        }
    }
}

extension LoggedScore {
    fileprivate init(_ row: Row) throws(PostgresError) {
        let (launchedAt, run, player, chat, score, startedAt, acceptedAt, outcome, reasons, answer) =
            try row.decode(
                Instant.self,
                RunID.self,
                PlayerID.self,
                ChatID?.self,
                Int32.self,
                Instant.self,
                Instant.self,
                String.self,
                [String].self,
                JSONText?.self
            )
        guard let score = Score(score), let outcome = LoggedOutcome(rawValue: outcome) else {
            throw PostgresError(.decoding, "a logged score or its outcome is none that this version knows")
        }
        self.init(
            run: run,
            launchedAt: launchedAt,
            player: player,
            chat: chat,
            score: score,
            startedAt: startedAt,
            acceptedAt: acceptedAt,
            outcome: outcome,
            reasons: reasons,
            answer: answer,
            metadata: nil
        )
    }
}

extension Query {
    /// Appends runs to the logs that are not in them yet, in order of acceptance.
    package static func scoresInsert(_ runs: [LoggedRun], game: GameID) -> Query {
        """
        \(unescaped: SQL.insertScores)
        SELECT \(unescaped: SQL.loggedColumns) FROM \(rowsOf: runs, game: game)
        """
    }
}

extension SQL {
    static let insertScores = """
        INSERT INTO scores (game_id, launched_at, run_id, player_id, chat_id, score, started_at, accepted_at,
                            outcome, reasons, answer, boards, metadata)
        """
    /// These columns of rows `x` of the log that are bound.
    static let loggedColumns = """
        x.game_id, x.launched_at, x.run_id, x.player_id, x.chat_id, x.score, x.started_at, x.accepted_at,
        x.outcome::"char", string_to_array(x.reasons, ' '), x.answer, string_to_array(x.boards, ' '), x.metadata
        """
}

extension Query.StringInterpolation {
    /// Binds the rows of runs as a relation `x`, with the number of each one's run, from 1, as `line`.
    mutating func appendInterpolation(rowsOf runs: [LoggedRun], game: GameID) {
        // Runs of games without boards cost nothing for those.
        let isOfOneGame = runs.allSatisfy(\.boards.isEmpty)
        let scores =
            isOfOneGame ? runs.map(\.score) : runs.flatMap { run in [run.score] + run.boards.map(\.score) }
        // Rows without reasons or metadata cost nothing for them.
        let reasons = scores.map { $0.reasons.isEmpty ? nil : $0.reasons.joined(separator: " ") }
        let boards = scores.map { $0.boards.isEmpty ? nil : $0.boards.joined(separator: " ") }
        if isOfOneGame {
            appendLiteral("(SELECT ")
            appendInterpolation(game)
            appendLiteral("::bigint AS game_id, r.* FROM ")
        }
        appendLiteral("unnest(")
        appendInterpolation(scores.map(\.launchedAt))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.run))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.player))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.chat))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.score.value))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.startedAt))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.acceptedAt))
        appendLiteral(", ")
        appendInterpolation(scores.map(\.outcome.rawValue))
        appendLiteral(", ")
        appendInterpolation(reasons)
        appendLiteral(", ")
        appendInterpolation(scores.map(\.answer))
        appendLiteral(", ")
        appendInterpolation(boards)
        appendLiteral(", ")
        appendInterpolation(scores.map(\.metadata))
        if isOfOneGame {
            appendLiteral(
                """
                ) WITH ORDINALITY AS r (launched_at, run_id, player_id, chat_id, score, started_at, accepted_at,
                                        outcome, reasons, answer, boards, metadata, line)) AS x
                """
            )
        } else {
            appendLiteral(", ")
            appendInterpolation(runs.flatMap { run in [game] + run.boards.map(\.board) })
            appendLiteral(", ")
            appendInterpolation(
                runs.enumerated().flatMap { number, run in
                    [Int64](repeating: Int64(number + 1), count: 1 + run.boards.count)
                }
            )
            appendLiteral(
                """
                ) AS x (launched_at, run_id, player_id, chat_id, score, started_at, accepted_at, outcome, reasons,
                        answer, boards, metadata, game_id, line)
                """
            )
        }
    }

    /// Adds to a selection the lines of runs that are to be told from repetitions by their game's log alone: what a board
    /// that was removed and declared again had of them is gone.
    mutating func appendInterpolation(unionOfRepeated runs: [LoggedRun], game: GameID) {
        let feeding = runs.enumerated().filter { !$0.element.boards.isEmpty }
        guard !feeding.isEmpty else { return }
        appendLiteral("UNION ALL SELECT c.line FROM unnest(")
        appendInterpolation(feeding.map { Int64($0.offset + 1) })
        appendLiteral(", ")
        appendInterpolation(feeding.map(\.element.score.launchedAt))
        appendLiteral(", ")
        appendInterpolation(feeding.map(\.element.score.run))
        appendLiteral(
            """
            ) AS c (line, launched_at, run_id)
            CROSS JOIN LATERAL (
                SELECT FROM scores l
                WHERE l.game_id =
            """ + " "
        )
        appendInterpolation(game)
        appendLiteral(" AND l.launched_at = c.launched_at AND l.run_id = c.run_id OFFSET 0) AS s")
    }
}

extension Statement where Value == Set<RunID> {
    /// Appends those of some runs to the logs that are not in them yet, in order of acceptance; which ones they were.
    package static func scoresInsertNew(_ runs: [LoggedRun], game: GameID) -> Self {
        Self(
            """
            \(unescaped: SQL.insertScores)
            SELECT \(unescaped: SQL.loggedColumns) FROM \(rowsOf: runs, game: game)
            WHERE x.line NOT IN (SELECT 0 \(unionOfRepeated: runs, game: game))
            ON CONFLICT DO NOTHING
            RETURNING run_id
            """
        ) { rows throws(PostgresError) in Set(try rows.decode(RunID.self)) }
    }
}

extension Query {
    /// Makes the log's tables of the months from one moment to another; those that are there stay.
    package static func scorePartitionsMake(from first: Instant, through last: Instant) -> Query {
        "SELECT make_score_partitions(\(first), \(last))"
    }
}

extension PostgresError {
    /// Whether a row of the log found no table for its month.
    package var isMissingPartition: Bool {
        sqlState == .checkViolation && constraint == nil
    }
}
