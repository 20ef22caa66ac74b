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

    func measure() async throws -> [Figure] {
        var figures: [Figure] = []
        for distribution in BenchTables.Distribution.allCases {
            let boards = try await timed(try await filled(distribution))
            let found = boards.map { figure(of: $0, against: boards[0], distribution) }
            // Filling all of them may take half an hour, which need not be over to learn something.
            for figure in found { progress("\(figure.name): \((figure.value * 1e3).rounded() / 1e3) ms") }
            figures += found
            try await database.pool.withSession { session throws(PostgresError) in
                try BenchTables.empty(session)
            }
        }
        return figures
    }

    private func filled(_ distribution: BenchTables.Distribution) async throws -> [Board] {
        var boards: [Board] = []
        for entries in plan.sizes {
            progress("ranks, \(distribution.rawValue): filling a leaderboard of \(entries)")
            let game = try await database.pool.transaction { session throws(PostgresError) in
                try session.execute(.botUpsert(Crowd.bot, username: Crowd.username))
                let game = try session.addGame("\(distribution.rawValue)_\(entries)", .now)
                try BenchTables.fillBoard(
                    session,
                    of: game,
                    entries: entries,
                    distribution,
                    playersAfter: Crowd.person(0)
                )
                return game
            }
            boards.append(Board(game: game, entries: entries))
        }
        try await database.pool.withSession { session throws(PostgresError) in try BenchTables.settle(session)
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
                player: Crowd.person(Int.random(in: 1...entries))
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

    private func figure(
        of board: Board,
        against smallest: Board,
        _ distribution: BenchTables.Distribution
    ) -> Figure {
        func percentiles(_ percent: Double, _ board: Board) -> [Double] {
            board.rounds.map { Statistics.percentile(percent, ofSorted: $0) }
        }
        let tails = percentiles(99, board)
        let isSmallest = board.entries == smallest.entries
        var figure = Figure(
            "rank, \(board.entries) entries, \(distribution.rawValue), p99",
            Statistics.median(tails),
            unit: "ms",
            goals: [.valueAtMost(2)] + (isSmallest ? [] : [.ratioAtMost(2)])
        )
        figure.p50 = Statistics.median(percentiles(50, board))
        figure.p99 = figure.value
        guard !isSmallest else { return figure }
        let standards = percentiles(99, smallest)
        figure.ratios = zip(tails, standards).map { $0 / $1 }
        figure.yardstick = Figure.Yardstick(
            name: "rank, \(smallest.entries) entries",
            value: Statistics.median(standards),
            p50: Statistics.median(percentiles(50, smallest)),
            p99: Statistics.median(standards)
        )
        return figure
    }
}
