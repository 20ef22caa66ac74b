package import Leaderboards

/// Where a page of a player's history ended.
package struct HistoryCursor: Hashable, Sendable {
    package let player: PlayerID
    /// The board that the history is of; nil is all of the game.
    package let board: String?
    /// The run at the edge, by the time of its acceptance and its number in the log.
    package let acceptedAt: Instant
    package let sequence: Int64
    /// The place, among the boards of that run, of the last that was shown.
    package let position: Int64

    package init(player: PlayerID, board: String?, acceptedAt: Instant, sequence: Int64, position: Int64) {
        self.player = player
        self.board = board
        self.acceptedAt = acceptedAt
        self.sequence = sequence
        self.position = position
    }
}

extension TokenKeys {
    package func token(for cursor: HistoryCursor, in game: GameTokenID) -> String {
        var writer = TokenWriter()
        writer.append(cursor.player.rawValue)
        writer.append(cursor.board ?? "")
        writer.append(cursor.acceptedAt.milliseconds)
        writer.append(cursor.sequence)
        writer.append(cursor.position)
        return seal(writer.bytes, for: .history, in: game)
    }

    /// Reads a cursor; one of another game is invalid.
    package func historyCursor(_ token: String, in game: GameTokenID) throws(TokenError) -> HistoryCursor {
        var reader = TokenReader(try open(token, for: .history, in: game))
        guard let player = reader.signed(), let board = reader.text(), let acceptedAt = reader.signed(),
            let sequence = reader.signed(), let position = reader.signed(),
            reader.isAtEnd
        else { throw .invalid }
        return HistoryCursor(
            player: PlayerID(rawValue: player),
            board: board.isEmpty ? nil : board,
            acceptedAt: Instant(milliseconds: acceptedAt),
            sequence: sequence,
            position: position
        )
    }
}
