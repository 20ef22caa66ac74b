package import Leaderboards
package import Postgres

/// One score of another system, or of another database of this one, as a file tells it.
package struct ImportedScore: Sendable {
    /// Its line in the file, from 1.
    package var line: Int
    package var game: GameID
    package var player: PlayerID
    /// Nil without a chat.
    package var chat: ChatInstance?
    package var score: Int32
    package var launchedAt: Instant
    package var startedAt: Instant
    package var acceptedAt: Instant
    /// What names the run, in any form; nil where only its content does.
    package var id: String?
    package var outcome = LoggedOutcome.imported
    package var reasons: [String] = []
    package var metadata: JSONText?
    package var firstName: String?
    package var lastName: String?
    package var username: String?

    /// Describes a score that counts, accepted when its run began.
    ///
    /// - Parameter line: Its line in the file, from 1.
    package init(line: Int, game: GameID, player: PlayerID, chat: ChatInstance?, score: Int32, time: Instant)
    {
        self.line = line
        self.game = game
        self.player = player
        self.chat = chat
        self.score = score
        (launchedAt, startedAt, acceptedAt) = (time, time, time)
    }
}

/// One player as a file tells of them.
package struct ImportedPlayer: Sendable {
    package let line: Int
    package let bot: BotID
    package let profile: PlayerProfile

    /// Describes a player.
    ///
    /// - Parameters:
    ///   - line: Their line in the file, from 1.
    ///   - bot: The bot that they play with.
    package init(line: Int, bot: BotID, profile: PlayerProfile) {
        self.line = line
        self.bot = bot
        self.profile = profile
    }
}

extension Session {
    /// Takes scores into a temporary table, where they are until the transaction ends.
    ///
    /// - Parameter feed: Gives them, one after another.
    /// - Throws: `PostgresError`, and what the feed throws.
    package func scoresStage(
        _ feed: ((ImportedScore) throws(PostgresError) -> Void) throws(PostgresError) -> Void
    ) throws(PostgresError) -> Int {
        try execute(
            """
            CREATE TEMPORARY TABLE imported (
                line bigint, game_id bigint, player_id bigint, chat_instance bigint, score integer,
                launched_at timestamptz, started_at timestamptz, accepted_at timestamptz, id text, outcome text,
                reasons text, metadata json, first_name text, last_name text, username text
            ) ON COMMIT DROP
            """
        )
        let count = try copy(into: "imported") { writer throws(PostgresError) in
            try feed { score throws(PostgresError) in
                try writer.append(
                    Int64(score.line),
                    score.game,
                    score.player,
                    score.chat,
                    score.score,
                    score.launchedAt,
                    score.startedAt,
                    score.acceptedAt,
                    score.id,
                    score.outcome.rawValue,
                    score.reasons.isEmpty ? nil : score.reasons.joined(separator: " "),
                    score.metadata,
                    score.firstName,
                    score.lastName,
                    score.username
                )
            }
        }
        try execute("ANALYZE imported")
        return count
    }

    /// Takes players into a temporary table and from there among those that are known, by their last line each.
    ///
    /// - Parameter feed: Gives them, one after another.
    /// - Returns: How many there were, and how many are new or have other names now.
    /// - Throws: `PostgresError`, and what the feed throws.
    package func playersImport(
        _ feed: ((ImportedPlayer) throws(PostgresError) -> Void) throws(PostgresError) -> Void
    ) throws(PostgresError) -> (lines: Int, written: Int) {
        try execute(
            """
            CREATE TEMPORARY TABLE imported_players (
                line bigint, bot_id bigint, player_id bigint, first_name text, last_name text, username text
            ) ON COMMIT DROP
            """
        )
        let count = try copy(into: "imported_players") { writer throws(PostgresError) in
            try feed { player throws(PostgresError) in
                try writer.append(
                    Int64(player.line),
                    player.bot,
                    player.profile.id,
                    player.profile.firstName,
                    player.profile.lastName,
                    player.profile.username
                )
            }
        }
        try planForManyRows(memory: 64)
        let written = try execute(
            """
            INSERT INTO players AS p (bot_id, player_id, first_name, last_name, username)
            SELECT DISTINCT ON (x.bot_id, x.player_id)
                   x.bot_id, x.player_id, nullif(x.first_name, ''), x.last_name, x.username
            FROM imported_players x
            ORDER BY x.bot_id, x.player_id, x.line DESC
            ON CONFLICT (bot_id, player_id) DO UPDATE
            SET first_name = excluded.first_name, last_name = excluded.last_name, username = excluded.username
            WHERE (p.first_name, p.last_name, p.username)
                  IS DISTINCT FROM (excluded.first_name, excluded.last_name, excluded.username)
            """
        )
        return (count, written)
    }
}
