package import Leaderboards
package import Postgres

/// One run of a player, with what it scored on one board.
package struct HistoryRecord: Hashable, Sendable {
    /// What it scored on one board.
    package struct Part: Hashable, Sendable {
        package let board: String
        /// The board's place among those of the run; the game's own has 0.
        package let position: Int64
        package let score: Score
        package let outcome: LoggedOutcome
        package let reasons: [String]
    }

    package let run: RunID
    /// Whose log the run's own row is in, and its place there.
    package let place: HistoryPlace
    package let startedAt: Instant
    /// Nil for a run whose boards were all taken away.
    package let part: Part?
}

/// The place of a run in a player's history, of which the last accepted comes first.
package struct HistoryPlace: Hashable, Sendable {
    package let acceptedAt: Instant
    /// Orders what was accepted at the same time.
    package let sequence: Int64

    package init(acceptedAt: Instant, sequence: Int64) {
        self.acceptedAt = acceptedAt
        self.sequence = sequence
    }
}

extension Statement where Value == [HistoryRecord] {
    /// A player's runs of a game or a board, the last accepted first, with a record for each board that they fed and that
    /// is there.
    ///
    /// - Parameters:
    ///   - game: The game, whose log has all runs, or a board as a game of its own.
    ///   - place: The place to begin at, itself included; nil is the last run.
    ///   - limit: How many runs.
    ///   - isOfMain: Whether only the game's own board is meant.
    package static func historyList(
        of player: PlayerID,
        game: GameID,
        from place: HistoryPlace?,
        limit: Int,
        isOfMain: Bool
    ) -> Self {
        Self(
            each: """
                WITH run AS MATERIALIZED (
                    SELECT * FROM scores s
                    WHERE s.game_id = \(game) AND s.player_id = \(player)
                      \(and: "s.accepted_at <=", place?.acceptedAt)
                      AND (\(place == nil)
                           OR (s.accepted_at, s.seq)
                              <= (\(place?.acceptedAt ?? Instant(milliseconds: 0)), \(place?.sequence ?? 0)))
                      AND (NOT \(isOfMain) OR s.outcome <> 'o')
                    ORDER BY s.accepted_at DESC, s.seq DESC LIMIT \(Int64(limit))
                )
                SELECT r.run_id, r.accepted_at, r.seq, r.started_at, x.board, x.position, x.score, x.outcome::text,
                       coalesce(x.reasons, '{}')
                FROM run r
                LEFT JOIN LATERAL (
                    SELECT g.board, r.score, r.outcome, r.reasons, 0 AS position
                    FROM games g WHERE g.game_id = r.game_id AND r.outcome <> 'o'
                    UNION ALL
                    SELECT b.name, s.score, s.outcome, s.reasons, b.position
                    FROM unnest(r.boards) WITH ORDINALITY AS b (name, position)
                    CROSS JOIN LATERAL (
                        SELECT g.game_id FROM games g
                        WHERE g.root_id = r.game_id AND g.board = b.name AND NOT g.is_removed OFFSET 0
                    ) AS g
                    CROSS JOIN LATERAL (
                        SELECT * FROM scores o
                        WHERE o.game_id = g.game_id AND o.launched_at = r.launched_at AND o.run_id = r.run_id OFFSET 0
                    ) AS s
                    WHERE NOT \(isOfMain)
                ) AS x ON true
                ORDER BY r.accepted_at DESC, r.seq DESC, x.position
                """
        ) { row throws(PostgresError) in
            let (run, acceptedAt, sequence, startedAt, board, position, score, outcome, reasons) =
                try row.decode(
                    RunID.self,
                    Instant.self,
                    Int64.self,
                    Instant.self,
                    String?.self,
                    Int64?.self,
                    Int32?.self,
                    String?.self,
                    [String].self
                )
            var part: HistoryRecord.Part?
            if let board, let position {
                guard let score = score.flatMap({ Score($0) }),
                    let outcome = outcome.flatMap({ LoggedOutcome(rawValue: $0) })
                else {
                    throw PostgresError(
                        .decoding,
                        "a logged score or its outcome is none that this version knows"
                    )
                }
                part = .init(
                    board: board,
                    position: position,
                    score: score,
                    outcome: outcome,
                    reasons: reasons
                )
            }
            return HistoryRecord(
                run: run,
                place: HistoryPlace(acceptedAt: acceptedAt, sequence: sequence),
                startedAt: startedAt,
                part: part
            )
        }
    }
}
