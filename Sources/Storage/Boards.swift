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
    /// - Parameters:
    ///   - chat: The chat; nil is the whole game.
    ///   - window: The kind of window.
    ///   - label: Its local name.
    package init(chat: ChatID?, window: Window = .all, label: String = "") {
        self.chat = chat
        self.window = window
        self.label = label
    }
}

extension Session {
    /// Finds leaderboards.
    ///
    /// - Parameters:
    ///   - names: What they are of.
    ///   - game: Their game.
    /// - Returns: The ids of those that exist.
    /// - Throws: `PostgresError`.
    package func boards(_ names: [BoardName], game: GameID) throws(PostgresError) -> [BoardName: BoardID] {
        let rows = try query(
            """
            SELECT x.position, coalesce(c.board_id, g.board_id)
            FROM unnest(\(names.map(\.chat)), \(names.map(\.window.rawValue)), \(names.map(\.label)))
                     WITH ORDINALITY AS x (chat_id, span, label, position)
            LEFT JOIN boards c ON c.game_id = \(game) AND c.chat_id = x.chat_id
                              AND c.span = x.span AND c.label = x.label
            LEFT JOIN boards g ON x.chat_id IS NULL AND g.game_id = \(game) AND g.chat_id IS NULL
                              AND g.span = x.span AND g.label = x.label
            WHERE coalesce(c.board_id, g.board_id) IS NOT NULL
            """
        )
        var found: [BoardName: BoardID] = [:]
        for row in rows {
            let (position, board) = try row.decode(Int64.self, BoardID.self)
            found[names[Int(position) - 1]] = board
        }
        return found
    }

    /// Makes sure that leaderboards exist.
    ///
    /// - Parameters:
    ///   - names: What they are of; each at most once.
    ///   - game: Their game.
    /// - Returns: The id of each.
    /// - Throws: `PostgresError`.
    package func resolveBoards(
        _ names: [BoardName],
        game: GameID
    ) throws(PostgresError) -> [BoardName: BoardID] {
        let known = try boards(names, game: game)
        let missing = names.filter { known[$0] == nil }
        guard !missing.isEmpty else { return known }
        _ = try execute(
            """
            INSERT INTO boards (game_id, chat_id, span, label)
            SELECT \(game), x.chat_id, x.span, x.label
            FROM unnest(\(missing.map(\.chat)), \(missing.map(\.window.rawValue)), \(missing.map(\.label)))
                     AS x (chat_id, span, label)
            ORDER BY x.chat_id, x.span, x.label
            ON CONFLICT DO NOTHING
            """
        )
        return try boards(names, game: game)
    }
}
