package import Leaderboards
package import Postgres

/// One entry with the names that go with it.
package struct BoardLine: Sendable {
    package let standing: Standing
    package let firstName: String?
    package let lastName: String?
    package let username: String?
}

/// Which stretch of a leaderboard is read.
package enum Stretch: Sendable {
    case fromTop
    /// From an entry on, itself included.
    case from(Standing)
    /// What follows an entry.
    case after(Standing)
    /// What stands just above an entry.
    case before(Standing)
}

extension Session {
    /// Reads a stretch of a leaderboard in order.
    ///
    /// - Parameters:
    ///   - stretch: Which part.
    ///   - board: The leaderboard.
    ///   - game: Its game.
    ///   - limit: How many entries at most.
    /// - Returns: The entries, the better first.
    /// - Throws: `PostgresError`.
    package func lines(
        _ stretch: Stretch,
        board: BoardID,
        game: Game,
        limit: Int
    ) throws(PostgresError) -> [BoardLine] {
        let comparison: Query.Comparison
        switch stretch {
        case .fromTop: comparison = Query.Comparison(operator: nil, place: nil)
        case .from(let place): comparison = Query.Comparison(operator: ">=", place: place)
        case .after(let place): comparison = Query.Comparison(operator: ">", place: place)
        case .before(let place): comparison = Query.Comparison(operator: "<", place: place)
        }
        let rows = try query(comparison.select(board: board, game: game, limit: limit))
        let lines = try rows.map { row throws(PostgresError) in
            let (sortKey, achievedAt, player, firstName, lastName, username) = try row.decode(
                Int64.self,
                Instant.self,
                PlayerID.self,
                String?.self,
                String?.self,
                String?.self
            )
            return BoardLine(
                standing: Standing(sortKey: sortKey, achievedAt: achievedAt, player: player),
                firstName: firstName,
                lastName: lastName,
                username: username
            )
        }
        return comparison.isBackward ? lines.reversed() : lines
    }

    /// Reads one player's entry.
    ///
    /// - Parameters:
    ///   - player: The player.
    ///   - board: The leaderboard.
    ///   - game: Its game.
    /// - Returns: Where the player stands, or nil without an entry.
    /// - Throws: `PostgresError`.
    package func standing(
        of player: PlayerID,
        board: BoardID,
        game: GameID
    ) throws(PostgresError) -> Standing? {
        try first(
            """
            SELECT sort_key, achieved_at FROM entries
            WHERE game_id = \(game) AND board_id = \(board) AND player_id = \(player)
            """
        ).map { row throws(PostgresError) in
            let (sortKey, achievedAt) = try row.decode(Int64.self, Instant.self)
            return Standing(sortKey: sortKey, achievedAt: achievedAt, player: player)
        }
    }
}

extension Query {
    /// The part of a leaderboard query that differs between stretches.
    fileprivate struct Comparison {
        let `operator`: String?
        let place: Standing?

        var isBackward: Bool { `operator` == "<" }

        func select(board: BoardID, game: Game, limit: Int) -> Query {
            let direction = isBackward ? "DESC" : "ASC"
            guard let `operator`, let place else {
                return """
                    SELECT e.sort_key, e.achieved_at, e.player_id, p.first_name, p.last_name, p.username
                    FROM entries e
                    LEFT JOIN players p ON p.bot_id = \(game.bot) AND p.player_id = e.player_id
                    WHERE e.game_id = \(game.id) AND e.board_id = \(board)
                    ORDER BY e.sort_key, e.achieved_at, e.player_id
                    LIMIT \(limit)
                    """
            }
            return """
                SELECT e.sort_key, e.achieved_at, e.player_id, p.first_name, p.last_name, p.username
                FROM entries e
                LEFT JOIN players p ON p.bot_id = \(game.bot) AND p.player_id = e.player_id
                WHERE e.game_id = \(game.id) AND e.board_id = \(board)
                  AND (e.sort_key, e.achieved_at, e.player_id) \(unescaped: `operator`)
                      (\(place.sortKey), \(place.achievedAt), \(place.player))
                ORDER BY e.sort_key \(unescaped: direction), e.achieved_at \(unescaped: direction),
                         e.player_id \(unescaped: direction)
                LIMIT \(limit)
                """
        }
    }
}
