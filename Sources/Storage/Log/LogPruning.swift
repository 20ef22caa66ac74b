package import Leaderboards
package import Postgres

/// What retention does to a game's log, in months that it had not gone over before.
package struct PruningCount: Hashable, Sendable {
    package var kept: Int
    package var dropped: Int

    package init(kept: Int = 0, dropped: Int = 0) {
        self.kept = kept
        self.dropped = dropped
    }
}

extension Session {
    /// Drops from the log the runs that can no longer matter, of games with that retention.
    ///
    /// Of each player's runs in each window of the chat and of the game, those that make the entry stay, and the two
    /// that would follow if those were found not to count; so do runs that are held. Games that add up scores need all
    /// of theirs. Leaderboards are not touched.
    ///
    /// Months are written anew beside the old ones, which are exchanged at the transaction's end: submissions wait only
    /// then, and whatever ends the process leaves the log as it was.
    ///
    /// - Parameters:
    ///   - game: The one game; nil is all.
    ///   - limit: Months that ended by then are gone over; no run launched in them may still get a score.
    /// - Returns: What came of each game that had months to go over; nil when all games were asked for and another
    ///   transaction is at it. For one game it is waited for.
    /// - Throws: `PostgresError`, also one with `.rolledBack` when the log changed meanwhile, and what a lock time-out
    ///   gives; then all can be tried again.
    package func logPrune(
        of game: GameID? = nil,
        before limit: Instant,
        isDryRun: Bool = false
    ) throws(PostgresError) -> [GameID: PruningCount]? {
        if game != nil {
            try run(.retentionLock())
        } else if try !retentionTryLock() {
            return nil
        }
        guard var pruning = try LogPruning(of: game, before: limit, session: self) else { return [:] }
        try pruning.findRelevantRuns()
        try pruning.countRuns()
        if !isDryRun { try pruning.writeMonths() }
        return pruning.counts
    }
}

/// One going over of the log, step by step, in the transaction of its session.
private struct LogPruning {
    /// How many of a player's runs stay in each window: the first makes the entry.
    static let depth = 3
    /// How long submissions may be made to wait for the exchange of months.
    static let lockTimeout = "2s"

    let session: Session
    private let games: [Game]
    /// The tables of the log, each with a text that changes with every change of a row.
    private let months: [(table: String, fingerprint: String)]
    private let end: Instant
    private(set) var counts: [GameID: PruningCount] = [:]
    /// The tables with rows to drop.
    private var tables: Set<String> = []
    /// The starts of the last runs that were looked at, of games that lose runs that counted.
    private var lastStarts: [GameID: Instant] = [:]

    /// Finds the games and months to go over.
    ///
    /// - Returns: Nil when there are none.
    init?(of game: GameID?, before limit: Instant, session: Session) throws(PostgresError) {
        self.session = session
        let found = try session.query(
            """
            SELECT m.name, m.ends
            FROM (
                SELECT c.relname::text AS name, t.starts,
                       (t.starts AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC' AS ends
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid,
                     LATERAL (SELECT to_date(substr(c.relname, 8), 'YYYY_MM')::timestamp AT TIME ZONE 'UTC') AS t (starts)
                WHERE i.inhparent = 'scores'::regclass
            ) AS m
            WHERE m.ends <= \(limit) ORDER BY m.starts
            """
        ).decode(String.self, Instant.self)
        guard let end = found.last?.1 else { return nil }
        self.end = end
        try session.planForManyRows(memory: 64)
        try session.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS pruned_games (game_id bigint PRIMARY KEY, since timestamptz) ON COMMIT DROP"
        )
        try session.execute("TRUNCATE pruned_games")
        // Games whose leaderboards are still to be made need their whole log.
        let due = try session.query(
            """
            INSERT INTO pruned_games
            SELECT game_id, coalesce(log_pruned_to, '-infinity') FROM games
            WHERE retention = 'relevant' AND keep <> 'sum' AND NOT is_stale AND coalesce(log_pruned_to < \(end), true)
              AND (\(game == nil) OR game_id = \(game) OR root_id = \(game))
            RETURNING game_id
            """
        ).decode(GameID.self)
        games = try session.run(.gamesListWithBoards()).filter { due.contains($0.id) }.sorted {
            $0.id.rawValue < $1.id.rawValue
        }
        guard !games.isEmpty else { return nil }
        var months: [(table: String, fingerprint: String)] = []
        for (table, ends) in found {
            let isDue = try session.first("SELECT EXISTS (SELECT FROM pruned_games WHERE since < \(ends))")
            guard try isDue?.decode(Bool.self) == true else { continue }
            months.append((table, try session.fingerprint(ofTable: table)))
        }
        self.months = months
    }

    /// Collects the keys of the runs that stay.
    mutating func findRelevantRuns() throws(PostgresError) {
        try session.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS pruning_runs (
                place bigint, chat_id bigint, zone text, player_id bigint, started_at timestamptz,
                launched_at timestamptz, run_id uuid
            ) ON COMMIT DROP
            """
        )
        try session.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS relevant_runs (
                game_id bigint, launched_at timestamptz, run_id uuid, PRIMARY KEY (game_id, launched_at, run_id)
            ) ON COMMIT DROP
            """
        )
        try session.execute("TRUNCATE relevant_runs")
        for game in games { try findRelevantRuns(of: game) }
        try session.execute("ANALYZE relevant_runs")
    }

    private mutating func findRelevantRuns(of game: Game) throws(PostgresError) {
        try session.execute("TRUNCATE pruning_runs")
        // Later runs are left out: a season that is yet to be set may end before them.
        try session.execute(
            """
            INSERT INTO pruning_runs
            SELECT row_number() OVER (ORDER BY \(unescaped: game.rules.placeOrder)), r.chat_id, r.zone, r.player_id,
                   r.started_at, r.launched_at, r.run_id
            FROM (
                SELECT coalesce(k.chat_id, 0) AS chat_id, \(unescaped: SQL.ownZone) AS zone, s.player_id, s.started_at,
                       s.launched_at, s.run_id, effect.score, s.seq
                FROM scores s
                JOIN games g ON g.game_id = s.game_id
                \(unescaped: SQL.joinEffect)
                LEFT JOIN chats c ON c.chat_id = s.chat_id
                LEFT JOIN chats k ON k.chat_id = coalesce(c.merged_into, c.chat_id)
                -- Who is banned may be admitted again, with all that counted.
                WHERE s.game_id = \(game.id) AND s.launched_at < \(end) AND effect.counts
            ) AS r
            """
        )
        try session.execute("ANALYZE pruning_runs")
        let row = try session.first("SELECT min(started_at), max(started_at) FROM pruning_runs")
        guard let (first, last) = try row?.decode(Instant?.self, Instant?.self), let first, let last else {
            return
        }
        lastStarts[game.id] = last
        let zones = try session.windowZones(of: game)
        for window in WindowKind.allCases {
            for (number, zone) in zones.enumerated() {
                let starts = zone.calendar.intervals(window, from: first, through: last).map {
                    $0.from ?? first
                }
                guard !starts.isEmpty else { continue }
                if number == 0 { try insertBest(of: game, .global, starts: starts, zone: nil) }
                try insertBest(of: game, .chat, starts: starts, zone: zone.name)
            }
        }
    }

    private func insertBest(
        of game: Game,
        _ scope: Scope,
        starts: [Instant],
        zone: String?
    ) throws(PostgresError) {
        try session.execute(
            """
            INSERT INTO relevant_runs
            SELECT \(game.id), r.launched_at, r.run_id
            FROM (
                SELECT x.*, row_number() OVER (PARTITION BY x.owner, x.bucket, x.player_id ORDER BY x.place) AS number
                FROM (
                    SELECT p.*, width_bucket(p.started_at, \(starts)) AS bucket,
                           \(unescaped: scope == .chat ? "p.chat_id" : "0") AS owner
                    FROM pruning_runs p
                    WHERE \(scope == .global) OR (p.chat_id <> 0 AND p.zone IS NOT DISTINCT FROM \(zone))
                ) AS x
                WHERE x.bucket > 0
            ) AS r
            WHERE r.number <= \(Int64(Self.depth))
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Counts what stays and what goes.
    mutating func countRuns() throws(PostgresError) {
        for game in games { counts[game.id] = PruningCount() }
        let rows = try session.query(
            """
            SELECT c.relname::text, s.game_id, count(*) FILTER (WHERE NOT s.goes), count(*) FILTER (WHERE s.goes),
                   count(*) FILTER (WHERE s.goes AND s.outcome <> 'r')
            FROM (SELECT s.tableoid AS month, s.game_id, s.outcome, \(unescaped: Self.goes) AS goes
                  FROM \(unescaped: Self.log("scores")) WHERE s.launched_at >= p.since AND s.launched_at < \(end)) AS s
            JOIN pg_class c ON c.oid = s.month
            GROUP BY 1, 2
            """
        ).decode(String.self, GameID.self, Int.self, Int.self, Int.self)
        var losing: Set<GameID> = []
        for (table, game, kept, dropped, counting) in rows {
            counts[game, default: PruningCount()].kept += kept
            counts[game, default: PruningCount()].dropped += dropped
            if dropped > 0 { tables.insert(table) }
            if counting > 0 { losing.insert(game) }
        }
        lastStarts = lastStarts.filter { losing.contains($0.key) }
    }

    /// Exchanges the months in which rows go, and notes how far this went.
    func writeMonths() throws(PostgresError) {
        let months = months.filter { tables.contains($0.table) }
        for month in months { try write(month.table) }
        if !months.isEmpty { try exchange(months) }
        for game in games {
            // One more millisecond, since the log is whole from there on and not before.
            try session.execute(
                """
                UPDATE games
                SET log_pruned_to = \(end),
                    log_whole_from = greatest(log_whole_from, \(lastStarts[game.id].map { $0 + .milliseconds(1) }))
                WHERE game_id = \(game.id)
                """
            )
        }
    }

    /// Writes what stays of a month beside it, ready to take its place without another look at the rows.
    private func write(_ table: String) throws(PostgresError) {
        try session.execute("SELECT make_pruned_scores(\(table)::regclass)")
        try session.execute(
            """
            INSERT INTO \(unescaped: table)_pruned
            SELECT s.* FROM \(unescaped: Self.log(table))
            WHERE p.game_id IS NULL OR s.launched_at < p.since OR NOT \(unescaped: Self.goes)
            """
        )
        try session.execute("SELECT seal_pruned_scores(\(table)::regclass)")
    }

    private func exchange(_ months: [(table: String, fingerprint: String)]) throws(PostgresError) {
        try session.execute("SET LOCAL lock_timeout = '\(unescaped: Self.lockTimeout)'")
        let writers = try session.query(
            """
            SELECT g.game_id FROM games g
            WHERE EXISTS (SELECT FROM scores s WHERE s.game_id = g.game_id AND s.launched_at < \(end))
            ORDER BY g.game_id
            """
        ).decode(GameID.self)
        for game in writers { try session.run(.gameLock(game)) }
        for month in months {
            try session.execute("LOCK TABLE \(unescaped: month.table) IN SHARE MODE")
            guard try session.fingerprint(ofTable: month.table) == month.fingerprint else {
                throw PostgresError(.rolledBack, "the log changed while retention went over it")
            }
        }
        for game in games {
            guard try session.run(.gameGet(game.id))?.rules.retention == .relevant else {
                throw PostgresError(.rolledBack, "the retention of '\(game.name)' changed meanwhile")
            }
        }
        try session.execute("LOCK TABLE scores IN ACCESS EXCLUSIVE MODE")
        for month in months {
            try session.execute("SELECT exchange_pruned_scores(\(month.table)::regclass)")
        }
    }

    /// Rows of the log with what was found of them; games that are not gone over have none.
    private static func log(_ table: String) -> String {
        """
        \(table) s
        LEFT JOIN pruned_games p ON p.game_id = s.game_id
        LEFT JOIN relevant_runs k
          ON k.game_id = s.game_id AND k.launched_at = s.launched_at AND k.run_id = s.run_id
        """
    }

    /// Whether a row goes: what is held may come to count, and what was corrected may be corrected again.
    private static let goes = """
        (k.run_id IS NULL AND s.outcome <> 'h' AND NOT EXISTS (
            SELECT FROM corrections o
            WHERE o.game_id = s.game_id AND o.launched_at = s.launched_at AND o.run_id = s.run_id))
        """
}

extension Session {
    /// A text that is another one after any change of a row: each change leaves the number of its transaction.
    fileprivate func fingerprint(ofTable table: String) throws(PostgresError) -> String {
        let row = try first(
            "SELECT count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) FROM \(unescaped: table)"
        )
        return try row?.decode(String.self) ?? ""
    }
}
