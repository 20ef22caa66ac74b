package import Leaderboards
package import Postgres

package struct BoardID: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// 64 random bits that every transaction draws anew that changes the leaderboard's entries.
package struct BoardVersion: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// Draws a version that no leaderboard has had.
    ///
    /// - Parameter generator: A generator whose numbers nobody can foresee or get twice.
    package init(using generator: inout some RandomNumberGenerator) {
        rawValue = Int64(bitPattern: generator.next())
    }
}

/// What a transaction does to the row of a leaderboard whose entries it changes.
package struct BoardChange: Sendable {
    package let board: BoardID
    /// How many entries came, less those that went.
    package let gain: Int
    package let version: BoardVersion

    package init(board: BoardID, gain: Int, version: BoardVersion) {
        self.board = board
        self.gain = gain
        self.version = version
    }
}

/// What a leaderboard is of: a chat or the whole game, over one window.
package struct BoardName: Hashable, Sendable {
    /// Nil is the whole game.
    package let chat: ChatID?
    package let window: WindowKind
    /// The window's local name; empty for all time.
    package let label: String

    package init(chat: ChatID?, window: WindowKind = .all, label: String = "") {
        self.chat = chat
        self.window = window
        self.label = label
    }

    /// The number under which the index of names knows the chat; chat ids begin at 1.
    var chatNumber: Int64 { chat?.rawValue ?? 0 }
}

extension Statement where Value == [BoardName: BoardID] {
    /// The ids of those leaderboards that exist.
    package static func boardsFind(_ names: [BoardName], game: GameID) -> Self {
        Self(
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
        ) { rows throws(PostgresError) in
            Dictionary(try rows.decode(Int.self, BoardID.self).map { (names[$0 - 1], $1) }) { first, _ in
                first
            }
        }
    }
}

extension Session {
    /// Makes leaderboards of which none exists; the game is locked.
    package func boardsInsert(
        _ names: [BoardName],
        game: GameID
    ) throws(PostgresError) -> [BoardName: BoardID] {
        guard !names.isEmpty else { return [:] }
        try execute(
            """
            INSERT INTO boards (game_id, chat_id, window_kind, label)
            SELECT \(game), x.chat_id, x.window_kind, x.label
            FROM unnest(\(names.map(\.chat)), \(names.map(\.window.rawValue)), \(names.map(\.label)))
                     AS x (chat_id, window_kind, label)
            """
        )
        return try run(.boardsFind(names, game: game))
    }

    /// Makes sure that leaderboards exist, each named at most once; the game is locked.
    package func boardsResolve(
        _ names: [BoardName],
        game: GameID
    ) throws(PostgresError) -> [BoardName: BoardID] {
        let known = try run(.boardsFind(names, game: game))
        let made = try boardsInsert(names.filter { known[$0] == nil }, game: game)
        return known.merging(made) { known, _ in known }
    }
}

extension Query {
    /// Notes that entries of leaderboards change, each at most once.
    package static func boardsUpdate(_ changes: [BoardChange], game: GameID) -> Query {
        let changes = changes.sorted { $0.board < $1.board }
        return """
            UPDATE boards b SET entries = b.entries + x.gain, version = x.version
            FROM unnest(\(changes.map(\.board)), \(changes.map { Int64($0.gain) }), \(changes.map(\.version)))
                     AS x (board_id, gain, version)
            CROSS JOIN LATERAL (
                SELECT o.ctid FROM boards o WHERE o.game_id = \(game) AND o.board_id = x.board_id OFFSET 0
            ) AS place
            WHERE b.ctid = place.ctid
            """
    }
}
