import Leaderboards
import Postgres
import Storage

/// How long one rank takes inside the database, whatever the size of the leaderboard and its scores.
struct RankMeasuring {
    let plan: BenchPlan
    let database: BenchDatabase
    let progress: @Sendable (String) -> Void

    /// Ranks looked up on each leaderboard in one round.
    private static let lookups = 1_000

    /// A leaderboard with the times of each round, in milliseconds, the shortest first.
    private struct Board {
        let game: GameID
        let entries: Int
        var rounds: [[Double]] = []
    }

    func measure() async throws -> [BenchResult] {
        var results: [BenchResult] = []
        for distribution in ScoreDistribution.allCases {
            let boards = try await timed(try await filled(distribution))
            let found = boards.map { result(of: $0, against: boards[0], distribution) }
            // Filling all of them may take half an hour, which need not be over to learn something.
            for result in found { progress("\(result.name): \((result.value * 1e3).rounded() / 1e3) ms") }
            results += found
            try await database.pool.withSession { session throws(PostgresError) in
                try BenchTables(session).emptyBoards()
            }
        }
        return results
    }

    private func filled(_ distribution: ScoreDistribution) async throws -> [Board] {
        var boards: [Board] = []
        for entries in plan.sizes {
            progress("ranks, \(distribution.rawValue): filling a leaderboard of \(entries)")
            let game = try await database.pool.transaction { session throws(PostgresError) in
                try session.execute(.botUpsert(BenchPeople.bot, username: BenchPeople.username))
                let game = try session.run(.gameInsert(.bench("\(distribution.rawValue)_\(entries)")))
                try BenchTables(session).fillBoard(of: game, entries: entries, distribution)
                return game
            }
            boards.append(Board(game: game, entries: entries))
        }
        try await database.pool.withSession { session throws(PostgresError) in
            try BenchTables(session).vacuum()
        }
        return boards
    }

    /// Looks ranks up by turns on all leaderboards, so that a machine that changes its speed favours none.
    private func timed(_ boards: [Board]) async throws -> [Board] {
        var boards = boards
        for round in 0...plan.pairs {
            for index in boards.indices {
                let board = boards[index]
                let times = try await database.pool.withSession { session throws(PostgresError) in
                    try Self.times(of: board.game, entries: board.entries, session)
                }
                // The first round warms the server up.
                if round > 0 { boards[index].rounds.append(times) }
            }
        }
        return boards
    }

    private static func times(
        of game: GameID,
        entries: Int,
        _ session: Session
    ) throws(PostgresError) -> [Double] {
        let clock = ContinuousClock()
        var times: [Double] = []
        times.reserveCapacity(lookups)
        for _ in 0..<lookups {
            let key = PositionKey(
                board: BoardName(chat: nil),
                player: BenchPeople.person(Int.random(in: 1...entries))
            )
            let start = clock.now
            let positions = try session.run(Statement.positionsGet([key], game: game))
            times.append((clock.now - start).seconds * 1e3)
            guard positions.first?.entry != nil else {
                throw PostgresError(.decoding, "a player of the bench has no entry")
            }
        }
        return times.sorted()
    }

    private func result(
        of board: Board,
        against smallest: Board,
        _ distribution: ScoreDistribution
    ) -> BenchResult {
        func percentiles(_ percent: Double, _ board: Board) -> [Double] {
            board.rounds.map { $0.percentile(percent) }
        }
        let tails = percentiles(99, board)
        let isSmallest = board.entries == smallest.entries
        var result = BenchResult(
            "rank, \(board.entries) entries, \(distribution.rawValue), p99",
            tails.median,
            unit: "ms",
            goals: [.valueAtMost(2)] + (isSmallest ? [] : [.ratioAtMost(2)])
        )
        result.p50 = percentiles(50, board).median
        result.p99 = result.value
        guard !isSmallest else { return result }
        let standards = percentiles(99, smallest)
        result.ratios = zip(tails, standards).map { $0 / $1 }
        result.baseline = BenchResult.Baseline(
            name: "rank, \(smallest.entries) entries",
            value: standards.median,
            p50: percentiles(50, smallest).median,
            p99: standards.median
        )
        return result
    }
}
