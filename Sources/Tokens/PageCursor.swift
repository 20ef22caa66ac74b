package import Leaderboards

/// Where a page of a leaderboard ended, so that the neighbouring page can begin there.
///
/// It names a place in the order, not a number of entries, so that entries that did not move are neither shown twice
/// nor passed over while others change.
package struct PageCursor: Hashable, Sendable {
    /// The leaderboard that the cursor belongs to; it is refused for any other.
    package struct Board: Hashable, Sendable {
        package let game: GameTokenID
        /// The board of the game.
        package let name: String
        package let kind: BoardKind
        package let chat: ChatInstance?
        /// The window's local name; empty for all time.
        package let label: String

        package init(
            game: GameTokenID,
            name: String = Game.mainBoard,
            kind: BoardKind,
            chat: ChatInstance?,
            label: String = ""
        ) {
            self.game = game
            self.name = name
            self.kind = kind
            self.chat = chat
            self.label = label
        }
    }

    package let board: Board
    /// The entry at the page's edge.
    package let sortKey: SortKey
    /// Whether the page before the edge is meant.
    package let isBackward: Bool

    package init(board: Board, sortKey: SortKey, isBackward: Bool) {
        self.board = board
        self.sortKey = sortKey
        self.isBackward = isBackward
    }
}

extension TokenKeys {
    package func token(for cursor: PageCursor) -> String {
        var writer = TokenWriter()
        writer.append(cursor.board.name)
        writer.append(cursor.board.kind.description)
        writer.append(cursor.board.label)
        writer.append(cursor.board.chat?.rawValue ?? 0)
        writer.append(cursor.sortKey.scoreKey)
        writer.append(cursor.sortKey.achievedAt.milliseconds)
        writer.append(cursor.sortKey.player.rawValue)
        writer.append(UInt64(cursor.isBackward ? 1 : 0))
        return seal(writer.bytes, for: .cursor, in: cursor.board.game)
    }

    /// Reads a cursor; one of another game is invalid.
    package func cursor(_ token: String, in game: GameTokenID) throws(TokenError) -> PageCursor {
        var reader = TokenReader(try open(token, for: .cursor, in: game))
        guard let name = reader.text(), let kind = reader.text().flatMap({ BoardKind($0) }),
            let label = reader.text(), let chat = reader.signed(), let scoreKey = reader.signed(),
            let achievedAt = reader.signed(), let player = reader.signed(),
            let direction = reader.unsigned(), reader.isAtEnd
        else { throw .invalid }
        return PageCursor(
            board: PageCursor.Board(
                game: game,
                name: name,
                kind: kind,
                chat: chat == 0 ? nil : ChatInstance(rawValue: chat),
                label: label
            ),
            sortKey: SortKey(
                scoreKey: scoreKey,
                achievedAt: Instant(milliseconds: achievedAt),
                player: PlayerID(rawValue: player)
            ),
            isBackward: direction == 1
        )
    }
}
