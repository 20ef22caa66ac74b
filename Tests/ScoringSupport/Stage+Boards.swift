package import Leaderboards
package import Operations
package import Postgres
import Scoring
import TestSupport

extension Stage {
    /// Declares a board of the game, and waits until every instance knows it.
    package func declare(_ name: String, _ changes: GameChanges = GameChanges()) async throws -> Game {
        let administration = Administration(pool: pool, actor: "test")
        let root = try await administration.game(named: "tetris")
        let boards = try await administration.addBoards([name], of: root, changes)
        try await until { instances.allSatisfy { $0.boards(of: root).contains { $0.board == name } } }
        return boards[0]
    }

    /// Reads values.
    package func values<V: PostgresCell>(_ type: V.Type, _ query: Query) async throws -> [V] {
        try await pool.withSession { session throws(PostgresError) in try session.query(query).decode(type) }
    }
}
