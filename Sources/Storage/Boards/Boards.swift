package import Leaderboards
package import Postgres

/// One leaderboard in the database.
package struct BoardID: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What a leaderboard is of: a chat or the whole game, over one window.
package struct BoardName: Hashable, Sendable {
    /// Nil is the whole game.
    package let chat: ChatID?
    package let window: Window
    /// The window's local name; empty for all time.
    package let label: String

    /// Names a leaderboard.
    ///
    /// - Parameter chat: The chat; nil is the whole game.
    package init(chat: ChatID?, window: Window = .all, label: String = "") {
        self.chat = chat
        self.window = window
        self.label = label
    }

    /// The number under which the index of names knows the chat; chat ids begin at 1.
    var chatNumber: Int64 { chat?.rawValue ?? 0 }
}

extension Session {
    /// Finds leaderboards.
    ///
    /// - Returns: The ids of those that exist.
    package func boards(_ names: [BoardName], game: GameID) throws(PostgresError) -> [BoardName: BoardID] {
        let rows = try query(
            """
            SELECT x.position, b.board_id
            FROM unnest(\(names.map(\.chatNumber)), \(names.map(\.window.rawValue)), \(names.map(\.label)))
                     WITH ORDINALITY AS x (chat_id, window_kind, label, position)
            CROSS JOIN LATERAL (
                SELECT o.board_id FROM boards o
                WHERE o.game_id = \(game) AND coalesce(o.chat_id, 0) = x.chat_id
                  AND o.window_kind = x.window_kind AND o.label = x.label OFFSET 0
            ) AS b
            """
        )
        var found: [BoardName: BoardID] = [:]
        for row in rows {
            let (position, board) = try row.decode(Int64.self, BoardID.self)
            found[names[Int(position) - 1]] = board
        }
        return found
    }

    /// Makes leaderboards.
    ///
    /// - Parameter names: What they are of; none of them exists, and the game is locked.
    package func insertBoards(
        _ names: [BoardName],
        game: GameID
    ) throws(PostgresError) -> [BoardName: BoardID] {
        guard !names.isEmpty else { return [:] }
        _ = try execute(
            """
            INSERT INTO boards (game_id, chat_id, window_kind, label)
            SELECT \(game), x.chat_id, x.window_kind, x.label
            FROM unnest(\(names.map(\.chat)), \(names.map(\.window.rawValue)), \(names.map(\.label)))
                     AS x (chat_id, window_kind, label)
            """
        )
        return try boards(names, game: game)
    }

    /// Makes sure that leaderboards exist.
    ///
    /// - Parameter names: What they are of; each at most once. The game is locked.
    package func resolveBoards(
        _ names: [BoardName],
        game: GameID
    ) throws(PostgresError) -> [BoardName: BoardID] {
        let known = try boards(names, game: game)
        let made = try insertBoards(names.filter { known[$0] == nil }, game: game)
        return known.merging(made) { known, _ in known }
    }
}

extension Query {
    /// Adds to the numbers of entries that leaderboards are known to have.
    ///
    /// - Parameter additions: How many entries each gained.
    package static func addToTotals(_ additions: [BoardID: Int], game: GameID) -> Query {
        let boards = additions.keys.sorted()
        return """
            UPDATE boards b SET entries = b.entries + x.entries
            FROM unnest(\(boards), \(boards.map { Int64(additions[$0] ?? 0) })) AS x (board_id, entries)
            CROSS JOIN LATERAL (
                SELECT o.ctid FROM boards o WHERE o.game_id = \(game) AND o.board_id = x.board_id OFFSET 0
            ) AS place
            WHERE b.ctid = place.ctid
            """
    }
}
