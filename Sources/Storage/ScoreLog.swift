package import Leaderboards
package import Postgres

/// One row of the score log.
package struct LoggedScore: Sendable {
    package let run: RunID
    package let launchedAt: Instant
    package let player: PlayerID
    package let chat: ChatID?
    package let score: Score
    package let startedAt: Instant
    package let acceptedAt: Instant
    package let outcome: String
    package let reasons: [String]
    package let best: Int64?
    package let previousBest: Int64?
    /// The figures of the answer's leaderboards as JSON.
    package let places: JSONText?
    package let metadata: JSONText?

    /// Describes a run's end.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - launchedAt: When its launch was pressed.
    ///   - player: Who played.
    ///   - chat: In which chat.
    ///   - score: The score.
    ///   - startedAt: When the run began.
    ///   - acceptedAt: When the score was accepted.
    ///   - outcome: What became of it.
    ///   - reasons: Why it was held or refused.
    ///   - best: The player's best afterwards.
    ///   - previousBest: The player's best before.
    ///   - places: The figures of the answer.
    ///   - metadata: What the page sent along.
    package init(
        run: RunID,
        launchedAt: Instant,
        player: PlayerID,
        chat: ChatID?,
        score: Score,
        startedAt: Instant,
        acceptedAt: Instant,
        outcome: String,
        reasons: [String],
        best: Int64?,
        previousBest: Int64?,
        places: JSONText?,
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
        self.best = best
        self.previousBest = previousBest
        self.places = places
        self.metadata = metadata
    }
}

/// The key of a run in the log of its game.
package struct RunKey: Hashable, Sendable {
    package let launchedAt: Instant
    package let run: RunID

    /// Names a run.
    ///
    /// - Parameters:
    ///   - launchedAt: When its launch was pressed.
    ///   - run: The run.
    package init(launchedAt: Instant, run: RunID) {
        self.launchedAt = launchedAt
        self.run = run
    }
}

extension Session {
    /// Finds the runs that have a score already.
    ///
    /// - Parameters:
    ///   - runs: The runs asked about.
    ///   - game: Their game.
    /// - Returns: The rows of those that are logged.
    /// - Throws: `PostgresError`.
    package func loggedScores(
        of runs: [RunKey],
        game: GameID
    ) throws(PostgresError) -> [RunKey: LoggedScore] {
        let rows = try query(
            """
            SELECT s.launched_at, s.run_id, s.player_id, s.chat_id, s.score, s.started_at, s.accepted_at, s.outcome,
                   s.reasons, s.best, s.previous_best, s.places
            FROM unnest(\(runs.map(\.launchedAt)), \(runs.map(\.run))) AS x (launched_at, run_id)
            JOIN scores s ON s.game_id = \(game) AND s.launched_at = x.launched_at AND s.run_id = x.run_id
            """
        )
        var found: [RunKey: LoggedScore] = [:]
        for row in rows {
            let (
                launchedAt, run, player, chat, score, startedAt, acceptedAt, outcome, reasons, best,
                previousBest,
                places
            ) = try row.decode(
                Instant.self,
                RunID.self,
                PlayerID.self,
                ChatID?.self,
                Int32.self,
                Instant.self,
                Instant.self,
                String.self,
                [String].self,
                Int64?.self,
                Int64?.self,
                JSONText?.self
            )
            guard let score = Score(score) else {
                throw PostgresError(.decoding, "a logged score is negative")
            }
            found[RunKey(launchedAt: launchedAt, run: run)] = LoggedScore(
                run: run,
                launchedAt: launchedAt,
                player: player,
                chat: chat,
                score: score,
                startedAt: startedAt,
                acceptedAt: acceptedAt,
                outcome: outcome,
                reasons: reasons,
                best: best,
                previousBest: previousBest,
                places: places,
                metadata: nil
            )
        }
        return found
    }

    /// Appends runs to the log.
    ///
    /// - Parameters:
    ///   - scores: Runs that are not logged yet.
    ///   - game: Their game.
    /// - Throws: `PostgresError` with constraint `scores_pkey` when another transaction logged one of them meanwhile.
    package func insertScores(_ scores: [LoggedScore], game: GameID) throws(PostgresError) {
        _ = try execute(
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, chat_id, score, started_at, accepted_at,
                                outcome, reasons, best, previous_best, places, metadata)
            SELECT \(game), x.launched_at, x.run_id, x.player_id, x.chat_id, x.score, x.started_at, x.accepted_at,
                   x.outcome, CASE WHEN x.reasons = '' THEN '{}' ELSE string_to_array(x.reasons, ' ') END,
                   x.best, x.previous_best, x.places, x.metadata
            FROM unnest(\(scores.map(\.launchedAt)), \(scores.map(\.run)), \(scores.map(\.player)),
                        \(scores.map(\.chat)), \(scores.map(\.score.value)), \(scores.map(\.startedAt)),
                        \(scores.map(\.acceptedAt)), \(scores.map(\.outcome)),
                        \(scores.map { $0.reasons.joined(separator: " ") }), \(scores.map(\.best)),
                        \(scores.map(\.previousBest)), \(scores.map(\.places)), \(scores.map(\.metadata)))
                     AS x (launched_at, run_id, player_id, chat_id, score, started_at, accepted_at, outcome, reasons,
                           best, previous_best, places, metadata)
            """
        )
    }
}
