package import Leaderboards
package import Postgres
package import Storage

extension Administration {
    /// Makes the leaderboards that a change of the schema left to be made anew, each game's in a transaction of its own.
    ///
    /// Safe to be interrupted and to be run by several at once: what is done is not done again.
    package static func rebuildStaleGames(
        _ pool: PostgresPool,
        onRebuild: (Game, RebuildReport) -> Void = { _, _ in }
    ) async throws(PostgresError) {
        let games = try await pool.withSession { session throws(PostgresError) in
            try session.run(.gamesListWithBoards())
        }
        for game in games where game.isStale {
            let report = try await pool.transaction(.rebuilding()) {
                session throws(PostgresError) -> RebuildReport? in
                try session.run(.gameLock(game.id))
                guard let game = try session.run(.gameGet(game.id)), game.isStale else { return nil }
                let report = try session.boardsRebuild(of: game, scope: .game)
                try session.execute(.gameClearStale(game.id))
                return report
            }
            if let report { onRebuild(game, report) }
        }
    }
}
