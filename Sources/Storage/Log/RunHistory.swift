package import Leaderboards
package import Postgres

/// Which runs of a game's log are meant; what is nil does not matter.
package struct RunFilter: Hashable, Sendable {
    package var player: PlayerID?
    /// The chat, those merged into it included.
    package var chat: ChatID?
    /// Runs accepted from then on.
    package var since: Instant?
    /// Runs accepted before.
    package var until: Instant?
    /// Runs that count as a higher number than this.
    package var scoreOver: Int32?
    package var run: RunID?

    package init() {}

    /// Reads runs of a game's log `s` of a game `g` with ``SQL/joinEffect``.
    ///
    /// - Parameter condition: What must be true beside the filter.
    fileprivate func query(
        _ columns: String,
        joins: String = "",
        where condition: String = "true",
        order: String,
        limit: Int? = nil,
        game: GameID
    ) -> Query {
        """
        SELECT \(unescaped: columns)
        FROM scores s
        JOIN games g ON g.game_id = s.game_id
        \(unescaped: SQL.joinEffect)
        \(unescaped: joins)
        WHERE s.game_id = \(game) AND s.outcome <> 'o'
          \(and: "s.run_id =", run)
          \(and: "s.player_id =", player)
          \(and: "s.chat_id IN (SELECT o.chat_id FROM chats o WHERE", chat, " IN (o.chat_id, o.merged_into))")
          \(and: "s.accepted_at >=", since)
          \(and: "s.accepted_at <", until)
          \(and: "effect.score >", scoreOver)
          AND \(unescaped: condition)
        ORDER BY \(unescaped: order)
        LIMIT \(limit.map { Int64($0) })
        """
    }
}

/// A run of the log with what operators look at.
package struct RunRecord: Hashable, Sendable {
    package let state: RunState
    package let game: GameID
    /// What was submitted, whatever it counts as.
    package let submitted: Score
    /// Codes that say why it was held or refused.
    package let reasons: [String]
    /// One of the chat's `chat_instance`s.
    package let chat: ChatInstance?
    /// The chat in which it counts now, with its zone; nil without a chat.
    package let playChat: PlayChat?
    /// The name that leaderboards show; nil when it is unknown or hidden.
    package let playerName: String?
    /// Whether its player may not play the game, so that nothing of theirs counts.
    package let isBanned: Bool
    /// What the page sent along, as it was sent.
    package let metadata: JSONText?
}

extension RunRecord {
    fileprivate init(_ row: Row, game: GameID) throws(PostgresError) {
        guard let submitted = Score(try row.decode(column: 10, as: Int32.self)) else {
            throw PostgresError(.decoding, "a logged score is none that this version knows")
        }
        let zone = try row.decode(column: 14, as: String?.self)
        self.init(
            state: try RunState(row),
            game: game,
            submitted: submitted,
            reasons: try row.decode(column: 11),
            chat: try row.decode(column: 12),
            playChat: try row.decode(column: 13, as: ChatID?.self).map { PlayChat(id: $0, zone: zone) },
            playerName: PlayerName.display(
                first: try row.decode(column: 15),
                last: try row.decode(column: 16)
            ),
            isBanned: try row.decode(column: 17),
            metadata: try row.decode(column: 18)
        )
    }
}

extension Statement where Value == [RunRecord] {
    /// Runs of a game, those launched last first.
    package static func runRecordsList(_ filter: RunFilter, game: GameID, limit: Int) -> Self {
        Self(
            each: filter.query(
                """
                \(RunState.columns), s.score, coalesce(s.reasons, '{}'),
                (SELECT min(i.chat_instance) FROM chat_instances i WHERE i.chat_id = k.chat_id),
                k.chat_id, k.zone, p.first_name, p.last_name, NOT \(SQL.isAdmitted), s.metadata
                """,
                joins: """
                    LEFT JOIN chats c ON c.chat_id = s.chat_id
                    LEFT JOIN chats k ON k.chat_id = coalesce(c.merged_into, c.chat_id)
                    LEFT JOIN players p ON p.bot_id = g.bot_id AND p.player_id = s.player_id
                    """,
                // Hidden from the key of the log, which would be walked over for the runs of one player.
                order: "s.launched_at\(filter.player == nil ? "" : " + interval '0'") DESC, s.seq DESC",
                limit: limit,
                game: game
            )
        ) { row throws(PostgresError) in try RunRecord(row, game: game) }
    }
}

extension Statement where Value == [RunID] {
    /// The runs in all logs whose ids lie between two, themselves included; the logs are searched whole.
    package static func runIDsList(from first: RunID, through last: RunID, limit: Int) -> Self {
        Self(
            column: """
                SELECT DISTINCT run_id FROM scores
                WHERE run_id BETWEEN \(first) AND \(last) AND outcome <> 'o' ORDER BY run_id LIMIT \(Int64(limit))
                """
        )
    }
}

extension Statement where Value == [RunState] {
    /// Runs that a filter names in the order of their acceptance: those that count, or those that an operator took off.
    package static func runStatesList(_ filter: RunFilter, counting counts: Bool, game: GameID) -> Self {
        Self(
            each: filter.query(
                RunState.columns,
                where: counts ? "effect.counts" : "effect.kind = 'remove'",
                order: "s.seq",
                game: game
            ),
            RunState.init
        )
    }
}
