import Leaderboards
import Postgres
import Storage
import TestSupport

/// The leaderboards of a game made from its log, one run after another, without a look at what the service keeps.
struct CrowdLog: Sendable {
    /// The name of a leaderboard; `chat` is the service's own number of the chat.
    struct Name: Hashable, Sendable {
        let chat: Int64?
        let window: WindowKind
        let label: String
    }

    /// One run of the log.
    struct Run: Sendable {
        let id: String
        let player: Int64
        let score: Int64
        let chat: Int64
        let instance: Int64
        let startedAt: Instant
        let counts: Bool
        /// What windows it is in, by the calendar of PostgreSQL.
        let labels: [WindowKind: String]
        fileprivate let made: (run: RunID, at: Instant)

        func name(_ scope: Scope, _ window: WindowKind) -> Name {
            Name(chat: scope == .chat ? chat : nil, window: window, label: labels[window] ?? "")
        }
    }

    /// A leaderboard in order.
    struct Table: Sendable {
        fileprivate(set) var entries: [Int64: Entry] = [:]
        fileprivate(set) var order: [SortKey] = []

        /// The rank of a player who is on it.
        func rank(_ player: Int64) -> Int? { entries[player].map { position(of: $0.sortKey) + 1 } }

        /// How many stand before a place.
        private func position(of sortKey: SortKey) -> Int {
            var (low, high) = (0, order.count)
            while low < high {
                let middle = (low + high) / 2
                if order[middle] < sortKey { low = middle + 1 } else { high = middle }
            }
            return low
        }

        fileprivate mutating func put(_ entry: Entry, for player: Int64) {
            if let old = entries[player] { order.remove(at: position(of: old.sortKey)) }
            order.insert(entry.sortKey, at: position(of: entry.sortKey))
            entries[player] = entry
        }
    }

    let game: GameID
    let rules: GameRules
    let runs: [Run]

    private let pool: PostgresPool

    /// Reads the log of a game.
    ///
    /// - Throws: `PostgresError`.
    init(_ board: Crowd.Board, _ pool: PostgresPool = ScratchDatabase.current.pool) async throws {
        let game = board.id
        let (rows, merged) = try await pool.withSession { session throws(PostgresError) in
            let rows = try session.query(
                """
                SELECT s.run_id, s.player_id, s.score::bigint, s.chat_id,
                       coalesce((SELECT min(i.chat_instance) FROM chat_instances i WHERE i.chat_id = s.chat_id), 0),
                       s.started_at, s.accepted_at,
                       s.outcome NOT IN ('h', 'r'),
                       to_char(s.started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
                       to_char(s.started_at AT TIME ZONE 'UTC', 'IYYY-"W"IW'),
                       to_char(s.started_at AT TIME ZONE 'UTC', 'YYYY-MM')
                FROM scores s WHERE s.game_id = \(game) ORDER BY s.seq
                """
            ).decode(
                RunID.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Instant.self,
                Instant.self,
                Bool.self,
                String.self,
                String.self,
                String.self
            )
            let merged = try session.query(
                "SELECT chat_id, merged_into FROM chats WHERE merged_into IS NOT NULL"
            ).decode(Int64.self, Int64.self)
            return (rows, Dictionary(uniqueKeysWithValues: merged))
        }
        /// The chat that one has become.
        func current(_ chat: Int64) -> Int64 { merged[chat].map(current) ?? chat }
        self.pool = pool
        self.game = game
        rules = board.rules
        runs = rows.map { row in
            Run(
                id: row.0.description,
                player: row.1,
                score: row.2,
                chat: current(row.3),
                instance: row.4,
                startedAt: row.5,
                counts: row.7,
                labels: [.all: "", .day: row.8, .week: row.9, .month: row.10, .season: "1"],
                made: (row.0, row.6)
            )
        }
    }

    /// The score of an entry.
    func score(_ entry: Entry) -> Int64 {
        rules.order == .higher ? -entry.sortKey.scoreKey : entry.sortKey.scoreKey
    }

    /// Plays all runs again in the order of their acceptance.
    ///
    /// - Parameter visit: Receives each run with the tables as it left them and the entry that its player had on the
    ///   chat's leaderboard of all time before.
    /// - Returns: The tables at the end.
    func replay(_ visit: (Run, [Name: Table], Entry?) -> Void) -> [Name: Table] {
        var tables: [Name: Table] = [:]
        for run in runs where run.counts {
            let before = tables[run.name(.chat, .all)]?.entries[run.player]
            for scope in Scope.allCases {
                for window in WindowKind.allCases {
                    add(run, to: &tables[run.name(scope, window), default: Table()])
                }
            }
            visit(run, tables, before)
        }
        return tables
    }

    private func add(_ run: Run, to table: inout Table) {
        let old = table.entries[run.player].map(score)
        let kept: Int64
        switch (rules.keep, old) {
        case (.latest, _), (_, nil): kept = run.score
        case (.sum, let old?): kept = old + run.score
        case (.best, let old?):
            guard rules.order == .higher ? run.score > old : run.score < old else { return }
            kept = run.score
        }
        let sortKey = SortKey(
            scoreKey: rules.order == .higher ? -kept : kept,
            achievedAt: run.made.at,
            player: PlayerID(rawValue: run.player)
        )
        table.put(Entry(sortKey: sortKey, run: run.made.run), for: run.player)
    }

    /// The leaderboards that the service keeps, and how many entries it says they have.
    ///
    /// - Throws: `PostgresError`.
    func kept() async throws -> (entries: [Name: [Int64: Entry]], totals: [Name: Int64]) {
        let game = game
        let rows = try await pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT b.chat_id, b.window_kind, b.label, b.entries, e.player_id, e.score_key, e.achieved_at, e.run_id
                FROM boards b JOIN entries e USING (game_id, board_id) WHERE b.game_id = \(game)
                """
            ).decode(
                Int64?.self,
                String.self,
                String.self,
                Int64.self,
                Int64.self,
                Int64.self,
                Instant.self,
                RunID.self
            )
        }
        var (entries, totals): ([Name: [Int64: Entry]], [Name: Int64]) = ([:], [:])
        for (chat, kind, label, total, player, scoreKey, achievedAt, run) in rows {
            guard let window = WindowKind(rawValue: kind) else { continue }
            let name = Name(chat: chat, window: window, label: label)
            let sortKey = SortKey(
                scoreKey: scoreKey,
                achievedAt: achievedAt,
                player: PlayerID(rawValue: player)
            )
            totals[name] = total
            entries[name, default: [:]][player] = Entry(sortKey: sortKey, run: run)
        }
        return (entries, totals)
    }
}
