package import Leaderboards
import Postgres
import Scoring
package import Storage

extension Administration {
    /// Lists runs, those launched last first.
    package func runs(
        _ filter: RunFilter,
        of games: [Game],
        limit: Int
    ) async throws(OperationError) -> [(run: RunRecord, game: Game)] {
        let found = try await scanning { session throws(PostgresError) in
            var found: [(run: RunRecord, game: Game)] = []
            for game in games {
                for run in try session.run(.runRecordsList(filter, game: game.id, limit: limit)) {
                    found.append((run, game))
                }
            }
            return found
        }
        let latestFirst = found.sorted { $0.run.state.key.launchedAt > $1.run.state.key.launchedAt }
        return Array(latestFirst.prefix(limit))
    }

    /// Finds the game of a run.
    package func run(
        _ run: RunID,
        of game: Game? = nil
    ) async throws(OperationError) -> (run: RunRecord, game: Game) {
        var filter = RunFilter()
        filter.run = run
        let games: [Game]
        if let game { games = [game] } else { games = try await gamesWithBoards() }
        guard let found = try await runs(filter, of: games, limit: 1).first else {
            throw .notFound(
                game.map { "the log of '\($0.name)' has no run \(run)" } ?? "no game's log has a run \(run)"
            )
        }
        return found
    }

    /// Tells why a run is, or is not, on each leaderboard that it belongs to.
    package func explain(_ id: RunID, of game: Game? = nil) async throws(OperationError)
        -> RunExplanation
    {
        let (run, game) = try await run(id, of: game)
        return try await scanning { session throws(PostgresError) in
            let (state, now) = (run.state, try session.run(.timeGet()))
            var naming = BoardNaming(game.rules)
            let names = try naming.all(at: state.startedAt, in: run.playChat)
            let positions = try session.run(
                .positionsGet(names.map { PositionKey(board: $0, player: state.player) }, game: game.id)
            )
            var places: [RunExplanation.Place] = []
            for (name, position) in zip(names, positions) {
                let calendar = try game.rules.calendar(
                    zone: name.chat == nil ? nil : run.playChat?.zone
                )
                let end = calendar.interval(name.window, containing: state.startedAt)?.to
                places.append(
                    RunExplanation.Place(
                        board: name,
                        verdict: RunVerdict(
                            state,
                            isBanned: run.isBanned,
                            entry: position.entry,
                            keep: game.rules.keep
                        ),
                        entry: position.entry,
                        rank: position.entry.map { _ in position.countBefore + 1 },
                        total: position.board?.total ?? 0,
                        endedAt: end.flatMap { $0 <= now ? $0 : nil }
                    )
                )
            }
            return RunExplanation(run: run, game: game, places: places)
        }
    }
}
