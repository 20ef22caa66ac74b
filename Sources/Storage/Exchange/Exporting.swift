package import Leaderboards
package import Postgres

/// One row of the score log as it is exported.
package struct ExportedScore: Sendable {
    package let chat: ChatInstance?
    package let run: RunID
    package let player: PlayerID
    /// What it counts as, after all corrections.
    package let score: Int32
    package let launchedAt: Instant
    package let startedAt: Instant
    package let acceptedAt: Instant
    package let outcome: LoggedOutcome
    /// Whether it counts, after all corrections.
    package let counts: Bool
    package let reasons: [String]
    package let metadata: JSONText?
}

/// One entry as it is exported.
package struct ExportedEntry: Sendable {
    package let chat: ChatInstance?
    package let window: String
    package let label: String
    package let rank: Int64
    package let player: PlayerID
    package let firstName: String?
    package let lastName: String?
    package let username: String?
    package let score: Int64
    package let startedAt: Instant?
    package let achievedAt: Instant
    package let run: RunID
}

/// One player as they are exported.
package struct ExportedPlayer: Sendable {
    package let bot: BotID
    package let botUsername: String?
    package let player: PlayerID
    package let firstName: String?
    package let lastName: String?
    package let username: String?
}

extension Session {
    /// Reads the log of a game in the order of acceptance, in portions.
    ///
    /// - Parameters:
    ///   - chat: Only runs of this chat; nil for all.
    ///   - body: Given the portions; false ends it.
    package func scoresExport(
        of game: Game,
        chat: ChatID?,
        _ body: ([ExportedScore]) throws(PostgresError) -> Bool
    ) throws(PostgresError) {
        try planForManyRows(memory: 16)
        try eachPortion(
            """
            SELECT n.chat_instance, s.run_id, s.player_id, effect.score, s.launched_at, s.started_at,
                   s.accepted_at,
                   CASE effect.kind WHEN 'refuse' THEN 'r' ELSE s.outcome::text END,
                   effect.counts, coalesce(s.reasons, '{}'), s.metadata
            FROM scores s
            \(unescaped: SQL.joinEffect)
            LEFT JOIN chats c ON c.chat_id = s.chat_id
            \(unescaped: Self.joinInstance("coalesce(c.merged_into, c.chat_id)"))
            WHERE s.game_id = \(game.id) AND s.outcome <> 'o'
              \(and: "coalesce(c.merged_into, c.chat_id) =", chat)
            ORDER BY s.seq, s.run_id
            """
        ) { rows throws(PostgresError) in
            try body(
                try rows.map { row throws(PostgresError) in
                    let (
                        chat, run, player, score, launchedAt, startedAt, acceptedAt, outcome, counts, reasons,
                        metadata
                    ) =
                        try row.decode(
                            ChatInstance?.self,
                            RunID.self,
                            PlayerID.self,
                            Int32.self,
                            Instant.self,
                            Instant.self,
                            Instant.self,
                            String.self,
                            Bool.self,
                            [String].self,
                            JSONText?.self
                        )
                    return ExportedScore(
                        chat: chat,
                        run: run,
                        player: player,
                        score: score,
                        launchedAt: launchedAt,
                        startedAt: startedAt,
                        acceptedAt: acceptedAt,
                        outcome: LoggedOutcome(rawValue: outcome) ?? .refused,
                        counts: counts,
                        reasons: reasons,
                        metadata: metadata
                    )
                }
            )
        }
    }

    /// Reads the entries of a game's leaderboards from the top, one leaderboard after another, in portions.
    ///
    /// - Parameters:
    ///   - chat: Only leaderboards of this chat; nil for all.
    ///   - window: Only leaderboards of this kind; nil for all.
    ///   - body: Given the portions; false ends it.
    package func entriesExport(
        of game: Game,
        chat: ChatID?,
        window: WindowKind?,
        _ body: ([ExportedEntry]) throws(PostgresError) -> Bool
    ) throws(PostgresError) {
        try planForManyRows(memory: 16)
        try eachPortion(
            """
            SELECT n.chat_instance, b.window_kind, b.label,
                   row_number() OVER (PARTITION BY b.board_id ORDER BY e.score_key, e.achieved_at, e.player_id),
                   e.player_id, p.first_name, p.last_name, p.username, e.score_key, s.started_at, e.achieved_at, e.run_id
            FROM boards b
            JOIN entries e ON e.game_id = b.game_id AND e.board_id = b.board_id
            LEFT JOIN players p ON p.bot_id = \(game.bot) AND p.player_id = e.player_id
            LEFT JOIN scores s ON s.game_id = e.game_id AND s.player_id = e.player_id AND s.run_id = e.run_id
            \(unescaped: Self.joinInstance("b.chat_id"))
            WHERE b.game_id = \(game.id) \(and: "b.chat_id =", chat) \(and: "b.window_kind =", window?.rawValue)
            ORDER BY b.board_id, e.score_key, e.achieved_at, e.player_id
            """
        ) { rows throws(PostgresError) in
            try body(
                try rows.map { row throws(PostgresError) in
                    let (
                        chat, window, label, rank, player, first, last, username, key, startedAt, achievedAt,
                        run
                    ) =
                        try row.decode(
                            ChatInstance?.self,
                            String.self,
                            String.self,
                            Int64.self,
                            PlayerID.self,
                            String?.self,
                            String?.self,
                            String?.self,
                            Int64.self,
                            Instant?.self,
                            Instant.self,
                            RunID.self
                        )
                    return ExportedEntry(
                        chat: chat,
                        window: window,
                        label: label,
                        rank: rank,
                        player: player,
                        firstName: first,
                        lastName: last,
                        username: username,
                        score: game.rules.score(ofScoreKey: key),
                        startedAt: startedAt,
                        achievedAt: achievedAt,
                        run: run
                    )
                }
            )
        }
    }

    /// Reads the players of all bots, in portions.
    ///
    /// - Parameters:
    ///   - bot: Only those of this bot; nil for all.
    ///   - body: Given the portions; false ends it.
    package func playersExport(
        of bot: BotID?,
        _ body: ([ExportedPlayer]) throws(PostgresError) -> Bool
    ) throws(PostgresError) {
        try eachPortion(
            """
            SELECT p.bot_id, b.username, p.player_id, p.first_name, p.last_name, p.username
            FROM players p JOIN bots b ON b.bot_id = p.bot_id
            WHERE true \(and: "p.bot_id =", bot)
            ORDER BY p.bot_id, p.player_id
            """
        ) { rows throws(PostgresError) in
            try body(
                try rows.decode(
                    BotID.self,
                    String?.self,
                    PlayerID.self,
                    String?.self,
                    String?.self,
                    String?.self
                ).map {
                    ExportedPlayer(
                        bot: $0,
                        botUsername: $1,
                        player: $2,
                        firstName: $3,
                        lastName: $4,
                        username: $5
                    )
                }
            )
        }
    }

    /// Adds `n.chat_instance`, one name of a chat.
    private static func joinInstance(_ chat: String) -> String {
        """
        LEFT JOIN LATERAL (
            SELECT i.chat_instance FROM chat_instances i WHERE i.chat_id = \(chat) ORDER BY i.chat_instance LIMIT 1
        ) AS n ON true
        """
    }

    /// Reads the rows of a query by a cursor, so that few of them are in memory.
    private func eachPortion(
        _ query: Query,
        _ body: (Rows) throws(PostgresError) -> Bool
    ) throws(PostgresError) {
        // Whoever reads what is exported may take their time.
        try execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        try execute(query.declaring(cursor: "portions"))
        while true {
            let rows = try self.query("FETCH 2000 FROM portions")
            guard !rows.isEmpty, try body(rows) else { break }
        }
        try execute("CLOSE portions")
    }
}
