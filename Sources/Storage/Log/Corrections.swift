package import Leaderboards
package import Postgres

/// What an operator decides about one run.
package enum CorrectionKind: String, CaseIterable, Sendable {
    /// The run is taken off all leaderboards.
    case remove
    /// A run that was taken off counts again.
    case restore
    /// The run counts as another score.
    case set
    /// A run that was held counts, as of the time at which it was played.
    case accept
    /// A run that was held does not count.
    case refuse
}

/// A run after all corrections.
package struct RunState: Hashable, Sendable {
    package let key: RunKey
    package let player: PlayerID
    /// Where it was played; nil without a chat.
    package let chat: ChatID?
    package let startedAt: Instant
    package let acceptedAt: Instant
    /// What became of it at acceptance.
    package let outcome: LoggedOutcome
    /// Whether it counts.
    package var counts: Bool
    /// What it counts as.
    package var score: Score
    /// The last correction; nil without one.
    package var correction: CorrectionKind?

    package init(
        key: RunKey,
        player: PlayerID,
        chat: ChatID?,
        startedAt: Instant,
        acceptedAt: Instant,
        outcome: LoggedOutcome,
        counts: Bool,
        score: Score,
        correction: CorrectionKind? = nil
    ) {
        self.key = key
        self.player = player
        self.chat = chat
        self.startedAt = startedAt
        self.acceptedAt = acceptedAt
        self.outcome = outcome
        self.counts = counts
        self.score = score
        self.correction = correction
    }
}

extension SQL {
    /// The outcomes that count without a correction.
    private static let counting = "s.outcome IN ('n', 'u', 'b', 'i')"

    /// Follows a row `s` of the log and adds `effect.counts`, `effect.score` and `effect.kind`, which is null
    /// without a correction.
    static let joinEffect = """
        LEFT JOIN LATERAL (
            SELECT o.counts, o.score, o.kind FROM corrections o
            WHERE o.game_id = s.game_id AND o.launched_at = s.launched_at AND o.run_id = s.run_id
            ORDER BY o.correction_id DESC LIMIT 1
        ) AS corrected ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(corrected.counts, \(counting)) AS counts, coalesce(corrected.score, s.score) AS score,
                   nullif(corrected.kind, 'undo') AS kind
        ) AS effect
        """

    /// Whether nobody banned the player of a row `s` of the log of a game `g`.
    static let isAdmitted = """
        NOT EXISTS (SELECT FROM bans o WHERE o.bot_id = g.bot_id AND o.player_id = s.player_id
                                         AND (o.game_id IS NULL OR o.game_id IN (g.game_id, g.root_id)))
        """
}

extension Statement where Value == [RunState] {
    /// Runs in the order of their acceptance; the log is searched for each, which takes a while where it is long.
    package static func runStatesList(of runs: [RunID], game: GameID) -> Self {
        Self(
            each: """
                SELECT \(unescaped: RunState.columns)
                FROM scores s
                \(unescaped: SQL.joinEffect)
                WHERE s.game_id = \(game) AND s.run_id = ANY (\(runs)) AND s.outcome <> 'o'
                ORDER BY s.seq
                """,
            RunState.init
        )
    }

    /// Runs whose places in the log are known, which takes as long however long the log is.
    package static func runStatesList(at keys: [RunKey], game: GameID) -> Self {
        Self(
            each: """
                SELECT \(unescaped: RunState.columns)
                FROM unnest(\(keys.map(\.launchedAt)), \(keys.map(\.run))) AS x (launched_at, run_id)
                CROSS JOIN LATERAL (
                    SELECT * FROM scores l
                    WHERE l.game_id = \(game) AND l.launched_at = x.launched_at AND l.run_id = x.run_id OFFSET 0
                ) AS s
                \(unescaped: SQL.joinEffect)
                ORDER BY s.seq
                """,
            RunState.init
        )
    }
}

extension Query {
    /// Corrects runs; the leaderboards are to be made anew of their players' runs in the same transaction.
    ///
    /// - Parameters:
    ///   - states: The runs as they are to be, each with its correction; without one as if it had never had any.
    ///   - audit: The entry of the audit that tells who and why.
    package static func correctionsInsert(_ states: [RunState], game: GameID, audit: AuditID) -> Query {
        """
        INSERT INTO corrections (game_id, launched_at, run_id, kind, counts, score, audit_id)
        SELECT \(game), x.launched_at, x.run_id, x.kind, x.counts, x.score, \(audit)
        FROM unnest(\(states.map(\.key.launchedAt)), \(states.map(\.key.run)),
                    \(states.map { $0.correction?.rawValue ?? "undo" }), \(states.map(\.counts)),
                    \(states.map(\.score.value))) AS x (launched_at, run_id, kind, counts, score)
        """
    }
}

extension RunState {
    /// What is read of a row `s` of the log with ``SQL/joinEffect``.
    static let columns = """
        s.launched_at, s.run_id, s.player_id, s.chat_id, s.started_at, s.accepted_at, s.outcome::text,
        effect.counts, effect.score, effect.kind
        """

    /// Reads ``columns``, which come first in the row.
    ///
    /// - Throws: `PostgresError` where the log holds what this version does not know.
    init(_ row: Row) throws(PostgresError) {
        let outcome = try row.decode(column: 6, as: String.self)
        let score = try row.decode(column: 8, as: Int32.self)
        guard let score = Score(score), let outcome = LoggedOutcome(rawValue: outcome) else {
            throw PostgresError(
                .decoding,
                "a logged score or its outcome is none that this version knows"
            )
        }
        self.init(
            key: RunKey(launchedAt: try row.decode(column: 0), run: try row.decode(column: 1)),
            player: try row.decode(column: 2),
            chat: try row.decode(column: 3),
            startedAt: try row.decode(column: 4),
            acceptedAt: try row.decode(column: 5),
            outcome: outcome,
            counts: try row.decode(column: 7),
            score: score,
            correction: try row.decode(column: 9, as: String?.self).flatMap { CorrectionKind(rawValue: $0) }
        )
    }
}
