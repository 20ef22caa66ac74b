import Leaderboards
import Postgres
import Storage

/// What a very large leaderboard costs: submissions to it, and making it.
struct LoadingMeasuring {
    let stage: Stage

    private static let path = "/v1/scores"
    /// Rounds that one stretch cannot reach, so that every stretch goes on above the one before.
    private static let roundStep = 10_000

    func measure() async throws -> [Figure] {
        let (few, many) = (stage.plan.sizes[0], stage.plan.entries)
        let made = try await rebuild(many)
        try await fill(stage.games.small, few)
        try await fill(stage.games.large, many)
        return made + [try await submissions(few: few, many: many)]
    }

    /// Makes the leaderboards of a game from its log: of all time, of a month, a week and a day.
    ///
    /// Every run counts on each of them, so a quarter of the runs makes the entries.
    private func rebuild(_ entries: Int) async throws -> [Figure] {
        let runs = entries / 4
        let clock = ContinuousClock()
        let pool = stage.database.pool
        let before = try await sizes()
        stage.progress("loading: logging \(runs) runs")
        let loggingStart = clock.now
        let logged = stage.games.logged
        try await pool.transaction { session throws(PostgresError) in
            try BenchTables.insertRuns(
                session,
                of: logged,
                runs: runs,
                .uniform,
                playersAfter: Crowd.person(0)
            )
        }
        let loggingTime = clock.now - loggingStart
        stage.progress("loading: making leaderboards of \(runs) runs from the log")
        let start = clock.now
        let options = TransactionOptions(statementTimeout: .seconds(3600))
        let report = try await pool.transaction(options) { session throws(PostgresError) in
            try session.run(.gameLock(logged))
            guard let game = try session.run(.gameGet(logged)) else { return RebuildReport() }
            return try session.boardsRebuild(of: game, scope: .game)
        }
        let time = clock.now - start
        let made = report.entriesAdded
        guard made >= runs else {
            throw BenchError(.failed, "\(runs) runs made \(made) entries")
        }
        let after = try await sizes()
        // For as many entries as were asked for, on as many leaderboards as there were.
        let scale = Double(entries) / Double(made)
        let log = Double(after.log - before.log) / Double(runs) * Double(entries)
        let boards = Double(after.boards - before.boards) * scale
        func gigabytes(_ bytes: Double) -> Double { (bytes / 1e7).rounded() / 100 }
        return [
            Figure(
                "making \(entries) entries from the log",
                time.seconds * scale,
                unit: "s",
                goals: [.valueAtMost(600)],
                note: "\(made) entries on \(report.boardsAdded) leaderboards in \(Int(time.seconds)) s;"
                    + " \(runs) runs were logged in \(Int(loggingTime.seconds)) s"
            ),
            Figure(
                "disk of \(entries) runs and their leaderboard",
                gigabytes(log + boards),
                unit: "GB",
                goals: [.valueAtMost(4)],
                note: "log \(gigabytes(log)) GB, from \(runs) runs; leaderboard \(gigabytes(boards)) GB"
            ),
        ]
    }

    private func sizes() async throws -> (log: Int, boards: Int) {
        try await stage.database.pool.withSession { session throws(PostgresError) in
            try BenchTables.sizes(session)
        }
    }

    private func fill(_ game: GameID, _ entries: Int) async throws {
        stage.progress("submissions to leaderboards: filling one of \(entries)")
        try await stage.database.pool.withSession { session throws(PostgresError) in
            try BenchTables.fillBoard(
                session,
                of: game,
                entries: entries,
                .uniform,
                playersAfter: Crowd.person(0)
            )
            try BenchTables.settle(session)
        }
    }

    /// The time that a submission takes on a leaderboard of many entries and on one of few.
    private func submissions(few: Int, many: Int) async throws -> Figure {
        let files = (
            few: try tokens(of: stage.games.small, among: few, "small"),
            many: try tokens(of: stage.games.large, among: many, "large")
        )
        func load(_ file: String, _ round: Int, _ seconds: Int) async throws -> Stretch {
            try await stage.wrk.load(
                .climbing,
                [file, Self.path, "\(round * Self.roundStep)"],
                seconds: seconds
            )
        }
        stage.progress("submissions to leaderboards: warming up")
        _ = try await load(files.few, 0, stage.warmUp)
        _ = try await load(files.many, 0, stage.warmUp)
        var round = 0
        let pairs = try await stage.pairs("submissions to \(many) entries against \(few)") {
            round += 1
            return try await load(files.few, round, stage.plan.seconds)
        } load: { pair in
            try await load(files.many, pair + 1, stage.plan.seconds)
        }
        func microseconds(_ stretch: Stretch) -> Double { 1e6 / stretch.rate }
        var figure = Figure(
            "time of a submission, \(many) entries",
            Statistics.median(pairs.map { microseconds($0.load) }),
            unit: "µs",
            goals: [.ratioAtMost(1.5)],
            note: "of all processes together, 64 connections; most improve; all windows"
        )
        figure.p50 = Statistics.median(pairs.map(\.load.p50))
        figure.p99 = Statistics.median(pairs.map(\.load.p99))
        figure.ratios = pairs.map { microseconds($0.load) / microseconds($0.yardstick) }
        figure.yardstick = Figure.Yardstick(
            name: "the same, \(few) entries",
            value: Statistics.median(pairs.map { microseconds($0.yardstick) }),
            p50: Statistics.median(pairs.map(\.yardstick.p50)),
            p99: Statistics.median(pairs.map(\.yardstick.p99))
        )
        return figure
    }

    private func tokens(of game: GameID, among entries: Int, _ name: String) throws -> String {
        try stage.lines(stage.crowd.strangers(in: game, among: entries), to: "\(name).tokens")
    }
}
