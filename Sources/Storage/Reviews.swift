package import Leaderboards
package import Postgres

/// A run that broke rules of its game, for operators to look at.
package struct ReviewNote: Sendable {
    package let key: RunKey
    package let verdict: Verdict
    package let acceptedAt: Instant

    /// Notes a run.
    ///
    /// - Parameters:
    ///   - key: The run.
    ///   - verdict: Which rules it broke, and what followed or would have.
    ///   - acceptedAt: When its score was accepted, by which its row of the log is told from that of an earlier try.
    package init(key: RunKey, verdict: Verdict, acceptedAt: Instant) {
        self.key = key
        self.verdict = verdict
        self.acceptedAt = acceptedAt
    }
}

extension Query {
    /// Puts runs among those that operators are to look at, where this transaction logged them.
    ///
    /// - Parameters:
    ///   - notes: The runs; those that were logged before stay as they were judged then.
    ///   - game: Their game.
    /// - Returns: The statement, which follows the one that logs the runs.
    package static func insertReviews(_ notes: [ReviewNote], game: GameID) -> Query {
        """
        INSERT INTO reviews (game_id, launched_at, run_id, outcome, is_shadow, reasons)
        SELECT \(game), x.launched_at, x.run_id, x.outcome, x.is_shadow, string_to_array(x.reasons, ' ')
        FROM unnest(\(notes.map(\.key.launchedAt)), \(notes.map(\.key.run)),
                    \(notes.map(\.verdict.outcome.rawValue)), \(notes.map(\.verdict.isShadow)),
                    \(notes.map { $0.verdict.codes.joined(separator: " ") }), \(notes.map(\.acceptedAt)))
                 AS x (launched_at, run_id, outcome, is_shadow, reasons, accepted_at)
        WHERE EXISTS (
            SELECT FROM scores s
            WHERE s.game_id = \(game) AND s.launched_at = x.launched_at AND s.run_id = x.run_id
              AND s.accepted_at = x.accepted_at AND (x.is_shadow OR s.outcome = 'h') OFFSET 0)
        ON CONFLICT DO NOTHING
        """
    }
}
