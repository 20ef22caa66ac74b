package import Leaderboards
package import Postgres

/// What became of the scores that were staged for a game.
package struct ImportCount: Hashable, Sendable {
    /// The runs that are new in the log.
    package var added = 0
    /// The lines whose runs the log had already, or an earlier line of the file.
    package var repeated = 0
    /// How many players have new runs.
    package var players = 0
    package var newChats = 0

    package init() {}
}

extension Session {
    /// Puts the staged scores of a game into its log; leaderboards are to be made anew in the same transaction.
    ///
    /// A run is named by its id or, without one, by what the line says and how often the file has said it before, so that
    /// a file can be taken in again. Imported runs come before all others in the order of acceptance, among themselves by
    /// their time: what was played here is newer, whatever an old file says and whenever it is taken in.
    ///
    /// - Parameter game: The game, locked, with its bot's chats.
    package func stagedScoresMerge(of game: Game) throws(PostgresError) -> ImportCount {
        try planForManyRows(memory: 64)
        var count = ImportCount()
        count.newChats = try insertStagedChats(of: game)
        try nameStagedRuns(of: game)
        try execute(
            """
            SELECT make_score_partitions(month, month)
            FROM (SELECT DISTINCT date_trunc('month', launched_at) AS month FROM imported_runs) AS m
            """
        )
        try insertStagedPlayers(of: game)
        try erasedBansName(ofPlayersIn: "imported_runs", bot: game.bot)
        try execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS imported_news (player_id bigint, runs bigint) ON COMMIT DROP
            """
        )
        try execute("TRUNCATE imported_news")
        try execute(Self.insertStagedRuns(of: game))
        let row = try first(
            """
            SELECT (SELECT count(*) FROM imported WHERE game_id = \(game.id)), coalesce(sum(runs), 0)::bigint, count(*)
            FROM imported_news
            """
        )
        guard let row else { return count }
        let (lines, added, players) = try row.decode(Int.self, Int.self, Int.self)
        (count.added, count.repeated, count.players) = (added, lines - added, players)
        return count
    }

    /// Reads the scores in chats over all time of everybody of whom scores of a game are staged.
    package func stagedChatScoresRead(
        of game: Game,
        _ body: ([ChatScore]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        try execute(
            """
            DECLARE chat_scores CURSOR FOR
            SELECT b.chat_id, e.player_id, e.score_key
            FROM (
                SELECT DISTINCT i.chat_id, x.player_id FROM imported x
                JOIN chat_instances i ON i.bot_id = \(game.bot) AND i.chat_instance = x.chat_instance
                WHERE x.game_id = \(game.id)
            ) AS p
            CROSS JOIN LATERAL (
                SELECT * FROM boards o
                WHERE o.game_id = \(game.id) AND coalesce(o.chat_id, 0) = p.chat_id AND o.window_kind = 'all'
                  AND o.label = '' OFFSET 0
            ) AS b
            CROSS JOIN LATERAL (
                SELECT * FROM entries o
                WHERE o.game_id = b.game_id AND o.board_id = b.board_id AND o.player_id = p.player_id OFFSET 0
            ) AS e
            """
        )
        try chatScoresFetch(of: game, body)
    }

    private func insertStagedChats(of game: Game) throws(PostgresError) -> Int {
        try execute(
            """
            WITH missing AS (
                SELECT x.chat_instance, row_number() OVER (ORDER BY x.chat_instance) AS place
                FROM (SELECT DISTINCT chat_instance FROM imported
                      WHERE game_id = \(game.id) AND chat_instance IS NOT NULL) AS x
                WHERE NOT EXISTS (SELECT FROM chat_instances i
                                  WHERE i.bot_id = \(game.bot) AND i.chat_instance = x.chat_instance)
            ), made AS (
                INSERT INTO chats (bot_id) SELECT \(game.bot) FROM missing RETURNING chat_id
            )
            INSERT INTO chat_instances (bot_id, chat_instance, chat_id)
            SELECT \(game.bot), m.chat_instance, c.chat_id
            FROM missing m
            JOIN (SELECT chat_id, row_number() OVER (ORDER BY chat_id) AS place FROM made) AS c USING (place)
            """
        )
    }

    /// Gives each staged run its id, once each: of lines that name the same run the first with a chat holds.
    private func nameStagedRuns(of game: Game) throws(PostgresError) {
        try execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS imported_runs (
                line bigint, run_id uuid, player_id bigint, chat_id bigint, score integer, launched_at timestamptz,
                started_at timestamptz, accepted_at timestamptz, outcome text, reasons text, metadata json,
                seq bigint
            ) ON COMMIT DROP
            """
        )
        try execute("TRUNCATE imported_runs")
        // Numbers below all that the sequence gives: by milliseconds, and within one by the order of the lines.
        try execute(
            """
            INSERT INTO imported_runs
            SELECT DISTINCT ON (r.run_id)
                   r.line, r.run_id, r.player_id, i.chat_id, r.score, r.launched_at, r.started_at, r.accepted_at,
                   r.outcome, r.reasons, r.metadata,
                   (extract(epoch FROM r.accepted_at) * 1000)::bigint * 4096 - (1::bigint << 62)
                       + least(row_number() OVER (PARTITION BY r.player_id, r.accepted_at ORDER BY r.line), 4095)
            FROM (
                SELECT x.*,
                       CASE WHEN x.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN x.id::uuid
                       ELSE left(encode(sha256(convert_to(
                           coalesce('id ' || x.id,
                                    concat_ws(' ', 'line', x.player_id, coalesce(x.chat_instance, 0), x.score,
                                              extract(epoch FROM x.started_at), extract(epoch FROM x.accepted_at),
                                              x.metadata, x.occurrence)),
                           'UTF8')), 'hex'), 32)::uuid END AS run_id
                FROM (
                    SELECT i.*, CASE WHEN i.id IS NULL THEN row_number() OVER (
                        PARTITION BY i.id, i.player_id, i.chat_instance, i.score, i.accepted_at, i.started_at,
                                     i.metadata::text
                        ORDER BY i.line) END AS occurrence
                    FROM imported i WHERE i.game_id = \(game.id)
                ) AS x
            ) AS r
            LEFT JOIN chat_instances i ON i.bot_id = \(game.bot) AND i.chat_instance = r.chat_instance
            ORDER BY r.run_id, r.chat_instance IS NULL, r.line
            """
        )
        // The same run under another time is the same run all the same. Apart from writing, so that nobody looks through
        // what is being written.
        try execute(
            """
            DELETE FROM imported_runs r USING scores s
            WHERE s.game_id = \(game.id) AND s.player_id = r.player_id AND s.run_id = r.run_id
            """
        )
        try execute("ANALYZE imported_runs")
    }

    /// Notes players, and names of those of whom none is known: what Telegram itself told is newer.
    private func insertStagedPlayers(of game: Game) throws(PostgresError) {
        try execute(
            """
            INSERT INTO players AS p (bot_id, player_id, first_name, last_name, username)
            SELECT DISTINCT ON (x.player_id) \(game.bot), x.player_id, x.first_name, x.last_name, x.username
            FROM imported x WHERE x.game_id = \(game.id)
            ORDER BY x.player_id, x.first_name IS NULL, x.accepted_at DESC, x.line DESC
            ON CONFLICT (bot_id, player_id) DO UPDATE
            SET first_name = excluded.first_name, last_name = excluded.last_name, username = excluded.username
            WHERE p.first_name IS NULL AND p.last_name IS NULL AND p.username IS NULL
              AND coalesce(excluded.first_name, excluded.last_name, excluded.username) IS NOT NULL
            """
        )
    }

    private static func insertStagedRuns(of game: Game) -> Query {
        """
        WITH added AS (
            INSERT INTO scores (game_id, launched_at, run_id, player_id, chat_id, seq, started_at, accepted_at, score,
                                outcome, reasons, metadata)
            SELECT \(game.id), r.launched_at, r.run_id, r.player_id, r.chat_id, r.seq, r.started_at, r.accepted_at,
                   r.score, r.outcome::"char", string_to_array(r.reasons, ' '), r.metadata
            FROM imported_runs r
            ORDER BY r.launched_at, r.run_id
            ON CONFLICT DO NOTHING
            RETURNING launched_at, run_id, player_id, outcome, reasons
        ), held AS (
            INSERT INTO reviews (game_id, launched_at, run_id, outcome, is_shadow, reasons)
            SELECT \(game.id), launched_at, run_id, 'hold', false, reasons FROM added
            WHERE outcome = 'h' AND cardinality(reasons) > 0
        )
        INSERT INTO imported_news (player_id, runs)
        SELECT player_id, count(*) FROM added GROUP BY player_id
        """
    }
}

extension Statement where Value == [GameID] {
    /// The games of which scores are staged.
    package static func stagedGamesList() -> Self {
        Self(column: "SELECT DISTINCT game_id FROM imported ORDER BY game_id")
    }
}

extension Statement where Value == [PlayerID]? {
    /// The players who got new runs by ``Session/stagedScoresMerge(of:)``; nil when there are more.
    package static func stagedPlayersList(atMost limit: Int) -> Self {
        Self("SELECT player_id FROM imported_news ORDER BY player_id LIMIT \(Int64(limit + 1))") {
            rows throws(PostgresError) in
            let players = try rows.decode(PlayerID.self)
            return players.count > limit ? nil : players
        }
    }
}
