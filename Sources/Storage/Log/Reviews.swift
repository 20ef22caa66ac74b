package import Leaderboards
package import Postgres

/// A run that broke rules of its game, for operators to look at.
package struct ReviewNote: Sendable {
    package let key: RunKey
    package let verdict: Verdict
    /// By which its row of the log is told from that of an earlier try.
    package let acceptedAt: Instant

    package init(key: RunKey, verdict: Verdict, acceptedAt: Instant) {
        self.key = key
        self.verdict = verdict
        self.acceptedAt = acceptedAt
    }
}

/// Which of the runs that broke rules are meant.
package struct ReviewFilter: Sendable {
    /// What became of a run that was held.
    package enum State: String, CaseIterable, Sendable {
        /// Nothing was decided yet.
        case held
        case accepted, refused
        /// It was accepted and then taken away like any other run.
        case removed
    }

    /// Games and boards of them; empty is any.
    package var games: [GameID] = []
    package var chat: ChatID?
    package var player: PlayerID?
    /// Empty is any.
    package var runs: [RunID] = []
    /// A code that must be among the reasons.
    package var reason: String?
    /// The first moment of acceptance that is meant.
    package var since: Instant?
    package var until: Instant?
    /// Empty is any; runs in shadow have none.
    package var states: [State] = []
    /// Whether runs in shadow are meant instead of those that are held.
    package var isShadow = false

    package init() {}
}

/// A run that broke rules, as lists show it.
package struct ReviewRecord: Sendable {
    package let game: GameID
    package let gameName: String
    package let key: RunKey
    package let player: PlayerID
    package let playerName: String?
    /// The `chat_instance` of the chat it was played in; nil without one.
    package let chat: ChatInstance?
    package let score: Score
    package let startedAt: Instant
    package let acceptedAt: Instant
    /// What the rules say of it; of a run that is held always `hold`.
    package let outcome: RuleOutcome
    package let reasons: [String]
    /// Nil in shadow.
    package let state: ReviewFilter.State?
}

extension ReviewRecord {
    fileprivate init(_ row: Row) throws(PostgresError) {
        let (
            game, gameName, launchedAt, run, player, firstName, lastName, chat, score, startedAt, acceptedAt,
            outcome,
            reasons, state
        ) = try row.decode(
            GameID.self,
            String.self,
            Instant.self,
            RunID.self,
            PlayerID.self,
            String?.self,
            String?.self,
            ChatInstance?.self,
            Int32.self,
            Instant.self,
            Instant.self,
            String.self,
            [String].self,
            String?.self
        )
        guard let score = Score(score), let outcome = RuleOutcome(rawValue: outcome) else {
            throw PostgresError(.decoding, "a run to review is none that this version knows")
        }
        self.init(
            game: game,
            gameName: gameName,
            key: RunKey(launchedAt: launchedAt, run: run),
            player: player,
            playerName: PlayerName.display(first: firstName, last: lastName),
            chat: chat,
            score: score,
            startedAt: startedAt,
            acceptedAt: acceptedAt,
            outcome: outcome,
            reasons: reasons,
            state: state.flatMap { ReviewFilter.State(rawValue: $0) }
        )
    }
}

extension Statement where Value == [ReviewRecord] {
    /// Runs that broke rules and are still in the log, the first accepted first.
    ///
    /// - Parameter limit: How many at most; nil is all.
    package static func reviewsList(_ filter: ReviewFilter, limit: Int? = nil) -> Self {
        Self(
            each: """
                SELECT v.game_id, coalesce(b.username, b.bot_id::text) || '/' || g.short_name
                       || CASE WHEN g.root_id IS NULL THEN '' ELSE ':' || g.board END, s.launched_at, s.run_id,
                       s.player_id, p.first_name, p.last_name, i.chat_instance, s.score, s.started_at, s.accepted_at,
                       v.outcome, v.reasons, result.state
                FROM reviews v
                JOIN games g ON g.game_id = v.game_id
                JOIN bots b ON b.bot_id = g.bot_id
                -- By itself (OFFSET 0), so that one month's index is entered with the whole key.
                CROSS JOIN LATERAL (
                    SELECT l.* FROM scores l
                    WHERE l.game_id = v.game_id AND l.launched_at = v.launched_at AND l.run_id = v.run_id OFFSET 0
                ) AS s
                LEFT JOIN LATERAL (
                    SELECT o.kind, o.counts FROM corrections o
                    WHERE o.game_id = v.game_id AND o.launched_at = v.launched_at AND o.run_id = v.run_id
                    ORDER BY o.correction_id DESC LIMIT 1
                ) AS corrected ON true
                CROSS JOIN LATERAL (
                    SELECT CASE WHEN v.is_shadow THEN NULL
                                WHEN coalesce(corrected.kind, 'undo') = 'undo' THEN 'held'
                                WHEN corrected.kind = 'remove' THEN 'removed'
                                WHEN corrected.counts THEN 'accepted'
                                ELSE 'refused' END AS state
                ) AS result
                LEFT JOIN players p ON p.bot_id = g.bot_id AND p.player_id = s.player_id
                LEFT JOIN chats c ON c.chat_id = s.chat_id
                LEFT JOIN LATERAL (
                    SELECT o.chat_instance FROM chat_instances o WHERE o.chat_id = coalesce(c.merged_into, c.chat_id)
                    ORDER BY o.chat_instance LIMIT 1
                ) AS i ON true
                WHERE v.is_shadow = \(filter.isShadow)
                  AND (v.run_id = ANY (\(filter.runs)) OR \(filter.runs.isEmpty))
                  \(and: "v.game_id = ANY (", filter.games.isEmpty ? nil : filter.games, ")")
                  \(and: "s.player_id =", filter.player)
                  \(and: "coalesce(c.merged_into, c.chat_id) =", filter.chat)
                  \(and: "", filter.reason, " = ANY (v.reasons)")
                  \(and: "s.accepted_at >=", filter.since)
                  \(and: "s.accepted_at <", filter.until)
                  AND (result.state = ANY (\(filter.states.map(\.rawValue))) OR \(filter.states.isEmpty))
                ORDER BY s.seq
                LIMIT \(limit.map { Int64($0) })
                """,
            ReviewRecord.init
        )
    }
}

extension Query {
    /// Puts runs among those that operators are to look at, where this transaction logged them just before; those that were
    /// logged before stay as they were judged then.
    package static func reviewsInsert(_ notes: [ReviewNote], game: GameID) -> Query {
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

    /// Forgets what rules in shadow would have done of runs launched before a moment.
    package static func reviewsForgetShadow(before limit: Instant) -> Query {
        "DELETE FROM reviews WHERE is_shadow AND launched_at < \(limit)"
    }
}
