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

    /// Finds a run by its id, or by a beginning of it that no other run has.
    package func run(called text: String) async throws(OperationError) -> RunID {
        guard let prefix = RunPrefix(text) else {
            throw .invalid("'\(text)' is no run's id, nor its beginning")
        }
        guard prefix.first != prefix.last else { return prefix.first }
        let found = try await scanning { session throws(PostgresError) in
            try session.run(.runIDsList(from: prefix.first, through: prefix.last, limit: 3))
        }
        guard let run = found.first else { throw .notFound("no run's id begins with '\(text)'") }
        guard found.count == 1 else {
            throw .ambiguous(name: text, candidates: found.map(\.description))
        }
        return run
    }

    /// Finds a run on the boards that it feeds, the game's own first.
    ///
    /// - Parameters:
    ///   - game: Where to look: the game with its boards, or one of these; nil is everywhere.
    ///   - board: Only boards of that name.
    package func run(
        _ run: RunID,
        of game: Game? = nil,
        board: String? = nil
    ) async throws(OperationError) -> [(run: RunRecord, game: Game)] {
        var filter = RunFilter()
        filter.run = run
        let games = try await gamesWithBoards().filter { other in
            (game.map { other.id == $0.id || other.root == $0.id } ?? true)
                && (board ?? other.board) == other.board
        }
        let found = try await runs(filter, of: games, limit: max(games.count, 1))
        guard !found.isEmpty else {
            throw .notFound(
                game.map { "the log of '\($0.name)' has no run \(run)" } ?? "no game's log has a run \(run)"
            )
        }
        return games.flatMap { game in found.filter { $0.game.id == game.id } }
    }

    /// Tells why a run is, or is not, on each leaderboard that it belongs to, board by board, the game's own first.
    package func explain(
        _ id: RunID,
        of game: Game? = nil,
        board: String? = nil
    ) async throws(OperationError) -> [RunExplanation] {
        var explanations: [RunExplanation] = []
        for (run, game) in try await run(id, of: game, board: board) {
            explanations.append(try await explain(run, of: game))
        }
        return explanations
    }

    private func explain(_ run: RunRecord, of game: Game) async throws(OperationError) -> RunExplanation {
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
