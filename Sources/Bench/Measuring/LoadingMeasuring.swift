import Leaderboards
import Postgres
import Storage

/// Rounds that one run cannot reach, so that every run goes on above the one before.
private let roundStep = 10_000

extension Stage {
    /// What a very large leaderboard costs: submissions to it, and making it.
    func measureLoading() async throws -> [BenchResult] {
        let (few, many) = (plan.sizes[0], plan.entries)
        let made = try await rebuild(many)
        try await fill(.small, few)
        try await fill(.large, many)
        return made + [try await submissions(few: few, many: many)]
    }

    /// Makes the leaderboards of a game from its log: of all time, of a month, a week and a day.
    ///
    /// Every run counts on each of them, so a quarter of the runs makes the entries.
    private func rebuild(_ entries: Int) async throws -> [BenchResult] {
        let runs = entries / 4
        let clock = ContinuousClock()
        let pool = database.pool
        let before = try await sizes()
        progress("loading: logging \(runs) runs")
        let loggingStart = clock.now
        let logged = game(.logged).id
        try await pool.transaction { session throws(PostgresError) in
            try BenchTables(session).insertRuns(runs, of: logged, .uniform)
        }
        let loggingTime = clock.now - loggingStart
        progress("loading: making leaderboards of \(runs) runs from the log")
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
            BenchResult(
                "making \(entries) entries from the log",
                time.seconds * scale,
                unit: "s",
                goals: [.valueAtMost(600)],
                note: "\(made) entries on \(report.boardsAdded) leaderboards in \(Int(time.seconds)) s;"
                    + " \(runs) runs were logged in \(Int(loggingTime.seconds)) s"
            ),
            BenchResult(
                "disk of \(entries) runs and their leaderboard",
                gigabytes(log + boards),
                unit: "GB",
                goals: [.valueAtMost(4)],
                note: "log \(gigabytes(log)) GB, from \(runs) runs; leaderboard \(gigabytes(boards)) GB"
            ),
        ]
    }

    private func sizes() async throws -> (log: Int, boards: Int) {
        try await database.pool.withSession { session throws(PostgresError) in
            try BenchTables(session).sizes()
        }
    }

    private func fill(_ game: BenchGame, _ entries: Int) async throws {
        let id = self.game(game).id
        progress("submissions to leaderboards: filling one of \(entries)")
        try await database.pool.withSession { session throws(PostgresError) in
            let tables = BenchTables(session)
            try tables.fillBoard(of: id, entries: entries, .uniform)
            try tables.vacuum()
        }
    }

    /// The time that a submission takes on a leaderboard of many entries and on one of few.
    private func submissions(few: Int, many: Int) async throws -> BenchResult {
        let files = (
            few: try strangers(in: .small, among: few), many: try strangers(in: .large, among: many)
        )
        func load(_ file: String, _ round: Int, _ seconds: Int) async throws -> LoadRun {
            try await wrk.load(
                .climbing,
                [file, "/v1/scores", "\(round * roundStep)"],
                seconds: seconds
            )
        }
        progress("submissions to leaderboards: warming up")
        _ = try await load(files.few, 0, warmUp)
        _ = try await load(files.many, 0, warmUp)
        var round = 0
        let pairs = try await pairs("submissions to \(many) entries against \(few)") {
            round += 1
            return try await load(files.few, round, plan.seconds)
        } load: { pair in
            try await load(files.many, pair + 1, plan.seconds)
        }
        func microseconds(_ run: LoadRun) -> Double { 1e6 / run.rate }
        var result = BenchResult(
            "time of a submission, \(many) entries",
            pairs.map { microseconds($0.load) }.median,
            unit: "µs",
            goals: [.ratioAtMost(1.5)],
            note: "of all processes together, 64 connections; most improve; all windows"
        )
        result.compare(pairs, with: "the same, \(few) entries", microseconds)
        return result
    }

    private func strangers(in game: BenchGame, among entries: Int) throws -> String {
        try lines(people.strangers(in: self.game(game), among: entries), to: "\(game.rawValue).tokens")
    }
}
