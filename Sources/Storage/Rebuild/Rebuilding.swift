package import Leaderboards
package import Postgres

extension Session {
    /// Makes leaderboards anew from the log and writes where they differ from what is there.
    ///
    /// The runs that count are replayed in the order of their acceptance by the game's present rules, in all windows,
    /// chats by the chat that they are in now. A leaderboard without entries is none and goes. What is right already
    /// is not touched, so a rebuild of right leaderboards writes nothing.
    ///
    /// - Parameters:
    ///   - game: The game, locked, with the rules that are to hold.
    ///   - onChatScores: Told, in portions, of the scores in chats over all time that are not what they were.
    ///   - onStep: Told how many of how many steps are done.
    /// - Throws: Also `.decoding` for a zone that this machine does not know.
    package func boardsRebuild(
        of game: Game,
        scope: RebuildScope,
        onChatScores: ([ChatScore]) throws(PostgresError) -> Void = { _ in },
        onStep: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(PostgresError) -> RebuildReport {
        var rebuild = try Rebuild(game: game, scope: scope, session: self)
        try rebuild.collectRuns()
        let kinds = rebuild.kinds
        for (index, kind) in kinds.enumerated() {
            // A statement that is cancelled ends by itself; here nothing runs.
            guard !Task.isCancelled else { throw PostgresError(.cancelled, "interrupted") }
            onStep(index + 1, kinds.count + 1)
            try rebuild.work(out: kind)
            try rebuild.compare(kind)
            if kind == .chatAll { try rebuild.tellChatScores(onChatScores) }
            try rebuild.apply(kind)
        }
        if !rebuild.report.isEmpty { try execute(.gameEpochRenew(of: game.id)) }
        return rebuild.report
    }

    /// Reads all scores in the chats of a board over all time, and without one everybody whom Telegram's tables are to hold
    /// all the same, since another board was shown before.
    package func chatScoresRead(
        of game: Game,
        _ body: ([ChatScore]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        try execute(
            """
            DECLARE chat_scores CURSOR FOR
            SELECT x.chat_id, x.player_id, max(x.score_key)
            FROM (
                SELECT b.chat_id, e.player_id, e.score_key
                FROM boards b
                CROSS JOIN LATERAL (
                    SELECT * FROM entries o WHERE o.game_id = b.game_id AND o.board_id = b.board_id OFFSET 0
                ) AS e
                WHERE b.game_id = \(game.id) AND b.chat_id IS NOT NULL AND b.window_kind = 'all'
                UNION ALL
                SELECT d.chat_id, d.player_id, NULL FROM deliveries d
                WHERE d.game_id = \(game.root) AND d.desired_score IS NOT NULL
            ) AS x
            GROUP BY x.chat_id, x.player_id
            """
        )
        try chatScoresFetch(of: game, body)
    }

    /// Reads the cursor `chat_scores` to its end.
    func chatScoresFetch(
        of game: Game,
        _ body: ([ChatScore]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        while true {
            let scores = try query("FETCH 5000 FROM chat_scores").map { row throws(PostgresError) in
                let (chat, player, scoreKey) = try row.decode(ChatID.self, PlayerID.self, Int64?.self)
                return ChatScore(
                    chat: chat,
                    player: player,
                    score: scoreKey.map { game.rules.score(ofScoreKey: $0) }
                )
            }
            guard !scores.isEmpty else { break }
            try body(scores)
        }
        try execute("CLOSE chat_scores")
    }
}

/// One rebuild, step by step, in the transaction of its session.
///
/// Everything is worked out in temporary tables, one kind of leaderboard after another, so that no more than one of
/// them takes up room at a time.
struct Rebuild {
    let game: Game
    let scope: RebuildScope
    let session: Session
    var report = RebuildReport()
    /// How many entries of the kind of leaderboard at hand differ.
    var found = (added: 0, changed: 0, removed: 0)
    /// The game's zone first.
    private let zones: [(name: String?, calendar: WindowCalendar)]
    /// The starts of the first and the last run.
    private var range: ClosedRange<Instant>?

    init(game: Game, scope: RebuildScope, session: Session) throws(PostgresError) {
        self.game = game
        self.scope = scope
        self.session = session
        zones = try session.windowZones(of: game)
    }

    var isOfPlayers: Bool {
        if case .players = scope { return true }
        return false
    }

    var kinds: [BoardKind] {
        let isOfChat = if case .chats = scope { true } else { false }
        return (isOfChat ? [.chat] : Scope.allCases).flatMap { scope in
            WindowKind.allCases.map { BoardKind(scope: scope, window: $0) }
        }
    }

    /// Collects the runs and numbers them, so that of a player's runs the one with the least number makes the entry.
    mutating func collectRuns() throws(PostgresError) {
        try makeTables()
        let order = game.rules.placeOrder
        let insert = """
            INSERT INTO rebuilt_runs (place, chat_id, zone, player_id, started_at, achieved_at, run_id, score)
            SELECT CASE WHEN r.counts THEN row_number() OVER (ORDER BY r.counts DESC, \(order)) END,
                   r.chat_id, r.zone, r.player_id, r.started_at, r.accepted_at, r.run_id, r.score
            FROM (
                SELECT effect.counts AND \(SQL.isAdmitted) AS counts, coalesce(k.chat_id, 0) AS chat_id,
                       \(SQL.ownZone) AS zone, s.player_id, s.started_at, s.accepted_at, s.run_id,
                       effect.score, s.seq
                FROM
            """
        let joins = """
            AS s
            JOIN games g ON g.game_id = s.game_id
            \(SQL.joinEffect)
            LEFT JOIN chats c ON c.chat_id = s.chat_id
            LEFT JOIN chats k ON k.chat_id = coalesce(c.merged_into, c.chat_id)
            """
        let query: Query
        switch scope {
        case .game:
            query =
                "\(unescaped: "\(insert) scores \(joins)") WHERE s.game_id = \(game.id)) AS r WHERE r.counts"
        case .chats:
            let chats = try chatsInScope()
            // Whoever has a run that counts in a chat has an entry there, so only few rows of the log are looked at.
            query = """
                \(unescaped: insert) (
                    SELECT l.*
                    FROM (
                        SELECT DISTINCT e.player_id
                        FROM (SELECT * FROM boards o WHERE o.chat_id = ANY (\(chats)) OFFSET 0) AS b
                        CROSS JOIN LATERAL (
                            SELECT o.player_id FROM entries o
                            WHERE o.game_id = b.game_id AND o.board_id = b.board_id OFFSET 0
                        ) AS e
                        WHERE b.game_id = \(game.id) AND b.window_kind = 'all'
                    ) AS p
                    CROSS JOIN LATERAL (
                        SELECT * FROM scores o
                        WHERE o.game_id = \(game.id) AND o.player_id = p.player_id AND o.chat_id = ANY (\(chats)) OFFSET 0
                    ) AS l
                ) \(unescaped: joins)) AS r
                WHERE r.counts
                """
        case .players(let players):
            // Runs that do not count tell on which leaderboards an entry may have to go.
            query = """
                \(unescaped: "\(insert) scores \(joins)")
                WHERE s.game_id = \(game.id) AND s.player_id = ANY (\(players))) AS r
                """
        }
        try session.execute(query)
        try session.execute("ANALYZE rebuilt_runs")
        let row = try session.first("SELECT min(started_at), max(started_at) FROM rebuilt_runs")
        guard let (first, last) = try row?.decode(Instant?.self, Instant?.self), let first, let last else {
            return
        }
        range = first...last
    }

    /// Works out how one kind of leaderboard has to be.
    func work(out kind: BoardKind) throws(PostgresError) {
        try session.execute("TRUNCATE rebuilt_entries, rebuilt_boards, rebuilt_changes")
        var labels: [String] = []
        for zone in kind.scope == .chat ? zones : Array(zones.prefix(1)) {
            // A window that is not in use has no leaderboards, and those that there are go.
            guard game.rules.windows.contains(kind.window) else { break }
            let windows = windows(kind.window, in: zone.calendar)
            guard !windows.isEmpty else { continue }
            try workOutEntries(kind, zone: zone.name, starts: windows.map(\.start), offset: labels.count)
            labels += windows.map(\.label)
        }
        try session.execute("ANALYZE rebuilt_entries")
        try nameBoards(kind, labels: labels)
    }

    /// The windows of one kind that runs can be in, with their first moments, in order and without gaps.
    private func windows(_ window: WindowKind, in calendar: WindowCalendar) -> [(
        start: Instant, label: String
    )] {
        guard let range else { return [] }
        return calendar.intervals(window, from: range.lowerBound, through: range.upperBound).map {
            ($0.from ?? range.lowerBound, $0.label)
        }
    }

    private func workOutEntries(
        _ kind: BoardKind,
        zone: String?,
        starts: [Instant],
        offset: Int
    ) throws(PostgresError) {
        try session.execute(
            """
            INSERT INTO rebuilt_entries (chat_id, slot, player_id, place, total)
            SELECT \(unescaped: kind.scope == .chat ? "r.chat_id" : "0"), r.bucket + \(Int32(offset)), r.player_id,
                   min(r.place), sum(r.score) FILTER (WHERE r.place IS NOT NULL)
            FROM (SELECT x.*, width_bucket(x.started_at, \(starts)) AS bucket FROM rebuilt_runs x) AS r
            WHERE r.bucket > 0
              AND (\(kind.scope == .global) OR (r.chat_id <> 0 AND r.zone IS NOT DISTINCT FROM \(zone)))
            GROUP BY 1, 2, 3
            """
        )
    }

    /// Finds or makes the leaderboards of one kind, and those in scope that are to have no entries.
    private func nameBoards(_ kind: BoardKind, labels: [String]) throws(PostgresError) {
        let (game, window) = (game.id, kind.window.rawValue)
        try session.execute(
            """
            INSERT INTO rebuilt_boards (chat_id, slot, label, entries, before, changes)
            SELECT s.chat_id, s.slot, (\(labels))[s.slot], count(s.place), 0, 0 FROM rebuilt_entries s GROUP BY 1, 2
            """
        )
        try session.execute(
            """
            INSERT INTO boards (game_id, chat_id, window_kind, label)
            SELECT \(game), nullif(x.chat_id, 0), \(window), x.label FROM rebuilt_boards x
            WHERE x.entries > 0 AND NOT EXISTS (
                SELECT FROM boards b
                WHERE b.game_id = \(game) AND coalesce(b.chat_id, 0) = x.chat_id AND b.window_kind = \(window)
                  AND b.label = x.label)
            """
        )
        try session.execute(
            """
            UPDATE rebuilt_boards x SET board_id = b.board_id, before = b.entries
            FROM boards b
            WHERE b.game_id = \(game) AND coalesce(b.chat_id, 0) = x.chat_id AND b.window_kind = \(window)
              AND b.label = x.label
            """
        )
        guard !isOfPlayers else {
            // Others have entries there, too: the number follows from what changes.
            try session.execute("UPDATE rebuilt_boards SET entries = before")
            return
        }
        let chats = try chatsInScope()
        try session.execute(
            """
            INSERT INTO rebuilt_boards (chat_id, label, board_id, entries, before, changes)
            SELECT coalesce(b.chat_id, 0), b.label, b.board_id, 0, b.entries, 0 FROM boards b
            WHERE b.game_id = \(game) AND b.window_kind = \(window) AND (b.chat_id IS NULL) = \(kind.scope == .global)
              AND (\(scope == .game) OR b.chat_id = ANY (\(chats)))
              AND NOT EXISTS (SELECT FROM rebuilt_boards x WHERE x.board_id = b.board_id)
            """
        )
    }

    /// The chats in scope with those merged into them; none for other scopes.
    private func chatsInScope() throws(PostgresError) -> [ChatID] {
        guard case .chats(let chats) = scope else { return [] }
        return try session.query(
            "SELECT chat_id FROM chats WHERE chat_id = ANY (\(chats)) OR merged_into = ANY (\(chats)) ORDER BY chat_id"
        ).decode(ChatID.self)
    }
}

extension TransactionOptions {
    /// A transaction that may go over a whole log.
    package static func rebuilding(isDryRun: Bool = false) -> TransactionOptions {
        TransactionOptions(statementTimeout: .zero, lockTimeout: .seconds(30), isDryRun: isDryRun)
    }
}
