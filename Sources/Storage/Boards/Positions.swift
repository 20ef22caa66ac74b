package import Leaderboards
package import Postgres

/// A player on a leaderboard that may not exist yet.
package struct PositionKey: Hashable, Sendable {
    package let board: BoardName
    package let player: PlayerID

    package init(board: BoardName, player: PlayerID) {
        self.board = board
        self.player = player
    }
}

/// A leaderboard as the transaction sees it.
package struct BoardState: Hashable, Sendable {
    package let id: BoardID
    package let version: BoardVersion
    /// How many entries it has.
    package let total: Int
    /// Whether it is large enough for buckets of its order.
    package let hasRankBuckets: Bool

    package init(id: BoardID, version: BoardVersion, total: Int, hasRankBuckets: Bool) {
        self.id = id
        self.version = version
        self.total = total
        self.hasRankBuckets = hasRankBuckets
    }
}

/// What a leaderboard has of a player.
package struct BoardEntry: Sendable {
    /// Nil while nobody has an entry there.
    package let board: BoardState?
    /// Nil without an entry.
    package let entry: Entry?
}

extension Statement where Value == [BoardEntry] {
    /// Entries with the state of their leaderboards, for each key in order.
    package static func entriesGet(_ keys: [PositionKey], game: GameID) -> Self {
        Self(.at(keys, game: game)) { rows throws(PostgresError) in
            var entries: [BoardEntry] = []
            entries.reserveCapacity(rows.count)
            for (row, key) in zip(rows, keys) {
                let (board, version, total, hasRankBuckets, scoreKey, achievedAt, run) = try row.decode(
                    Int64.self,
                    BoardVersion.self,
                    Int64.self,
                    Bool.self,
                    Int64?.self,
                    Instant?.self,
                    RunID?.self
                )
                entries.append(
                    BoardEntry(
                        board: BoardState(number: board, version, total, hasRankBuckets),
                        entry: Entry(scoreKey, achievedAt, key.player, run)
                    )
                )
            }
            return entries
        }
    }
}

extension BoardState {
    /// Makes a state out of columns; the number 0 is no leaderboard.
    fileprivate init?(number: Int64, _ version: BoardVersion, _ total: Int64, _ hasRankBuckets: Bool) {
        guard number != 0 else { return nil }
        self.init(
            id: BoardID(rawValue: number),
            version: version,
            total: Int(total),
            hasRankBuckets: hasRankBuckets
        )
    }
}

extension Query {
    /// Reads what leaderboards have of players.
    ///
    /// - Parameters:
    ///   - columns: What else to read of each, after a comma.
    ///   - joins: The relations that give it, joined to `x`, which has the columns that ``SQL/joinEntriesBefore`` asks for.
    /// - Returns: The statement; its rows are those of the keys in order, with board 0 where there is none.
    fileprivate static func at(
        _ keys: [PositionKey],
        game: GameID,
        columns: String = "",
        joins: String = ""
    ) -> Query {
        // Most keys of a batch are on the same few leaderboards, which are looked up once.
        var numbers: [BoardName: Int64] = [:]
        var names: [BoardName] = []
        let boards = keys.map { key in
            if let number = numbers[key.board] { return number }
            names.append(key.board)
            numbers[key.board] = Int64(names.count)
            return Int64(names.count)
        }
        return """
            WITH named AS MATERIALIZED (
                SELECT array_agg(coalesce(b.board_id, 0) ORDER BY n.number) AS boards,
                       array_agg(coalesce(b.version, 0) ORDER BY n.number) AS versions,
                       array_agg(coalesce(b.entries, 0) ORDER BY n.number) AS totals,
                       array_agg(coalesce(b.has_rank_buckets, false) ORDER BY n.number) AS counted
                FROM unnest(\(names.map(\.chatNumber)), \(names.map(\.window.rawValue)), \(names.map(\.label)))
                         WITH ORDINALITY AS n (chat_id, window_kind, label, number)
                -- Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
                LEFT JOIN LATERAL (
                    SELECT o.board_id, o.version, o.entries, o.has_rank_buckets FROM boards o
                    WHERE o.game_id = \(game) AND coalesce(o.chat_id, 0) = n.chat_id
                      AND o.window_kind = n.window_kind AND o.label = n.label OFFSET 0
                ) AS b ON true
            )
            SELECT x.board_id, x.version, x.total, x.has_rank_buckets, x.score_key, x.achieved_at, x.run_id
                   \(unescaped: columns)
            FROM (
                SELECT u.position, u.player_id, \(game) AS game_id,
                       (SELECT boards FROM named)[u.number] AS board_id,
                       (SELECT versions FROM named)[u.number] AS version,
                       (SELECT totals FROM named)[u.number] AS total,
                       (SELECT counted FROM named)[u.number] AS has_rank_buckets,
                       e.score_key, e.achieved_at, e.run_id
                FROM unnest(\(boards), \(keys.map(\.player)))
                         WITH ORDINALITY AS u (number, player_id, position)
                LEFT JOIN LATERAL (
                    SELECT o.score_key, o.achieved_at, o.run_id FROM entries o
                    WHERE o.game_id = \(game) AND o.board_id = (SELECT boards FROM named)[u.number]
                      AND o.player_id = u.player_id OFFSET 0
                ) AS e ON true
            ) AS x
            \(unescaped: joins)
            ORDER BY x.position
            """
    }
}

/// A player's place on a leaderboard.
package struct Position: Sendable {
    /// Nil while nobody has an entry there.
    package let board: BoardState?
    /// Nil without an entry.
    package let entry: Entry?
    /// How many entries are before it; 0 without an entry.
    package let countBefore: Int
    /// The entry just above; nil without an entry.
    package let above: SortKey?
}

extension Statement where Value == [Position] {
    /// The places of players, for each key in order.
    package static func positionsGet(_ keys: [PositionKey], game: GameID) -> Self {
        let query = Query.at(
            keys,
            game: game,
            columns: ", before.entries, above.score_key, above.achieved_at, above.player_id",
            joins: """
                \(SQL.joinEntriesBefore)
                LEFT JOIN LATERAL (
                    SELECT e.score_key, e.achieved_at, e.player_id FROM entries e
                    WHERE e.game_id = x.game_id AND e.board_id = x.board_id
                      AND (e.score_key, e.achieved_at, e.player_id) < (x.score_key, x.achieved_at, x.player_id)
                    ORDER BY e.score_key DESC, e.achieved_at DESC, e.player_id DESC LIMIT 1
                ) AS above ON true
                """
        )
        return Self(query) { rows throws(PostgresError) in
            var positions: [Position] = []
            positions.reserveCapacity(rows.count)
            for (row, key) in zip(rows, keys) {
                let (
                    board, version, total, hasRankBuckets, scoreKey, achievedAt, run, countBefore, above,
                    aboveAt, abovePlayer
                ) =
                    try row.decode(
                        Int64.self,
                        BoardVersion.self,
                        Int64.self,
                        Bool.self,
                        Int64?.self,
                        Instant?.self,
                        RunID?.self,
                        Int64?.self,
                        Int64?.self,
                        Instant?.self,
                        PlayerID?.self
                    )
                positions.append(
                    Position(
                        board: BoardState(number: board, version, total, hasRankBuckets),
                        entry: Entry(scoreKey, achievedAt, key.player, run),
                        countBefore: Int(countBefore ?? 0),
                        above: SortKey(above, aboveAt, abovePlayer)
                    )
                )
            }
            return positions
        }
    }
}

extension SortKey {
    /// Makes a place out of columns of which all are null or none is.
    init?(_ scoreKey: Int64?, _ achievedAt: Instant?, _ player: PlayerID?) {
        guard let scoreKey, let achievedAt, let player else { return nil }
        self.init(scoreKey: scoreKey, achievedAt: achievedAt, player: player)
    }
}

extension Entry {
    /// Makes an entry out of columns of which all are null or none is.
    init?(_ scoreKey: Int64?, _ achievedAt: Instant?, _ player: PlayerID, _ run: RunID?) {
        guard let sortKey = SortKey(scoreKey, achievedAt, player), let run else { return nil }
        self.init(sortKey: sortKey, run: run)
    }
}
