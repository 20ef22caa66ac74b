package import Leaderboards
package import Postgres

/// A player on a leaderboard that may not exist yet.
package struct PositionKey: Hashable, Sendable {
    package let board: BoardName
    package let player: PlayerID

    /// Names a position.
    ///
    /// - Parameters:
    ///   - board: The leaderboard.
    ///   - player: The player.
    package init(board: BoardName, player: PlayerID) {
        self.board = board
        self.player = player
    }
}

/// A leaderboard as the transaction sees it.
package struct BoardState: Hashable, Sendable {
    package let id: BoardID
    /// How many entries it has.
    package let total: Int
    /// Whether it keeps counts of stretches of its order.
    package let isCounted: Bool

    /// Describes a leaderboard.
    ///
    /// - Parameters:
    ///   - id: The leaderboard.
    ///   - total: How many entries it has.
    ///   - isCounted: Whether it keeps counts of stretches of its order.
    package init(id: BoardID, total: Int, isCounted: Bool) {
        self.id = id
        self.total = total
        self.isCounted = isCounted
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
    /// Reads entries with the state of their leaderboards.
    ///
    /// - Parameters:
    ///   - keys: Players on leaderboards.
    ///   - game: Their game.
    /// - Returns: The statement; its value has an element for each key in order.
    package static func entries(at keys: [PositionKey], game: GameID) -> Self {
        let query: Query = """
            SELECT b.board_id, b.entries, b.is_counted, e.sort_key, e.achieved_at, e.run_id
            FROM unnest(\(keys.map(\.board.chatNumber)), \(keys.map(\.board.window.rawValue)),
                        \(keys.map(\.board.label)), \(keys.map(\.player)))
                     WITH ORDINALITY AS u (chat_id, span, label, player_id, position)
            -- Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
            LEFT JOIN LATERAL (
                SELECT o.game_id, o.board_id, o.entries, o.is_counted FROM boards o
                WHERE o.game_id = \(game) AND coalesce(o.chat_id, 0) = u.chat_id
                  AND o.span = u.span AND o.label = u.label OFFSET 0
            ) AS b ON true
            LEFT JOIN LATERAL (
                SELECT o.sort_key, o.achieved_at, o.run_id FROM entries o
                WHERE o.game_id = b.game_id AND o.board_id = b.board_id AND o.player_id = u.player_id OFFSET 0
            ) AS e ON true
            ORDER BY u.position
            """
        return Self(query) { rows throws(PostgresError) in
            var entries: [BoardEntry] = []
            entries.reserveCapacity(rows.count)
            for (row, key) in zip(rows, keys) {
                let (board, total, isCounted, sortKey, achievedAt, run) = try row.decode(
                    BoardID?.self,
                    Int64?.self,
                    Bool?.self,
                    Int64?.self,
                    Instant?.self,
                    RunID?.self
                )
                entries.append(
                    BoardEntry(
                        board: BoardState(board, total, isCounted),
                        entry: Entry(sortKey, achievedAt, key.player, run)
                    )
                )
            }
            return entries
        }
    }
}

extension BoardState {
    /// Makes a state out of columns of which all are null or none is.
    fileprivate init?(_ id: BoardID?, _ total: Int64?, _ isCounted: Bool?) {
        guard let id, let total, let isCounted else { return nil }
        self.init(id: id, total: Int(total), isCounted: isCounted)
    }
}

/// Where a player stands on a leaderboard.
package struct Position: Sendable {
    /// Nil while nobody has an entry there.
    package let board: BoardState?
    /// Nil without an entry.
    package let entry: Entry?
    /// How many entries stand before it; 0 without an entry.
    package let countBefore: Int
    /// The entry just above; nil without an entry.
    package let above: Standing?
}

extension Statement where Value == [Position] {
    /// Reads where players stand.
    ///
    /// - Parameters:
    ///   - keys: The positions.
    ///   - game: Their game.
    /// - Returns: The statement; its value has an element for each key in order.
    package static func positions(_ keys: [PositionKey], game: GameID) -> Self {
        let query: Query = """
            SELECT x.board_id, x.total, x.is_counted, x.sort_key, x.achieved_at, x.run_id, before.entries,
                   above.sort_key, above.achieved_at, above.player_id
            FROM (
                SELECT u.position, u.player_id, b.game_id, b.board_id, b.entries AS total, b.is_counted,
                       e.sort_key, e.achieved_at, e.run_id
                FROM unnest(\(keys.map(\.board.chatNumber)), \(keys.map(\.board.window.rawValue)),
                            \(keys.map(\.board.label)), \(keys.map(\.player)))
                         WITH ORDINALITY AS u (chat_id, span, label, player_id, position)
                -- Each by itself (OFFSET 0), so that the indexes are always entered with the whole key.
                LEFT JOIN LATERAL (
                    SELECT o.game_id, o.board_id, o.entries, o.is_counted FROM boards o
                    WHERE o.game_id = \(game) AND coalesce(o.chat_id, 0) = u.chat_id
                      AND o.span = u.span AND o.label = u.label OFFSET 0
                ) AS b ON true
                LEFT JOIN LATERAL (
                    SELECT o.sort_key, o.achieved_at, o.run_id FROM entries o
                    WHERE o.game_id = b.game_id AND o.board_id = b.board_id AND o.player_id = u.player_id OFFSET 0
                ) AS e ON true
            ) AS x
            \(unescaped: RankSQL.joinCountBefore)
            LEFT JOIN LATERAL (
                SELECT e.sort_key, e.achieved_at, e.player_id FROM entries e
                WHERE e.game_id = x.game_id AND e.board_id = x.board_id
                  AND (e.sort_key, e.achieved_at, e.player_id) < (x.sort_key, x.achieved_at, x.player_id)
                ORDER BY e.sort_key DESC, e.achieved_at DESC, e.player_id DESC LIMIT 1
            ) AS above ON true
            ORDER BY x.position
            """
        return Self(query) { rows throws(PostgresError) in
            var positions: [Position] = []
            positions.reserveCapacity(rows.count)
            for (row, key) in zip(rows, keys) {
                let (
                    board, total, isCounted, sortKey, achievedAt, run, countBefore, above, aboveAt,
                    abovePlayer
                ) =
                    try row.decode(
                        BoardID?.self,
                        Int64?.self,
                        Bool?.self,
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
                        board: BoardState(board, total, isCounted),
                        entry: Entry(sortKey, achievedAt, key.player, run),
                        countBefore: Int(countBefore ?? 0),
                        above: Standing(above, aboveAt, abovePlayer)
                    )
                )
            }
            return positions
        }
    }
}

extension Standing {
    /// Makes a place out of columns of which all are null or none is.
    init?(_ sortKey: Int64?, _ achievedAt: Instant?, _ player: PlayerID?) {
        guard let sortKey, let achievedAt, let player else { return nil }
        self.init(sortKey: sortKey, achievedAt: achievedAt, player: player)
    }
}

extension Entry {
    /// Makes an entry out of columns of which all are null or none is.
    init?(_ sortKey: Int64?, _ achievedAt: Instant?, _ player: PlayerID, _ run: RunID?) {
        guard let standing = Standing(sortKey, achievedAt, player), let run else { return nil }
        self.init(standing: standing, run: run)
    }
}
