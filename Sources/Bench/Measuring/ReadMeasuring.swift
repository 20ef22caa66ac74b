import Curl
import JSON
import Postgres
import Storage

/// How many reads of a large leaderboard are answered.
struct ReadMeasuring {
    let stage: Stage

    private static let kinds = [
        (name: "top 10", path: "/v1/leaderboard?scope=global"),
        (name: "around me", path: "/v1/leaderboard?scope=global&around=me"),
    ]

    func measure() async throws -> [Figure] {
        stage.progress("reads: filling a leaderboard of \(BenchPlan.entriesRead)")
        let game = stage.games.readable
        try await stage.database.pool.withSession { session throws(PostgresError) in
            try BenchTables.fillBoard(
                session,
                of: game,
                entries: BenchPlan.entriesRead,
                .uniform,
                playersAfter: Crowd.person(0)
            )
            try BenchTables.namePlayers(
                session,
                of: Crowd.bot,
                count: BenchPlan.entriesRead,
                after: Crowd.person(0)
            )
            try BenchTables.settle(session)
        }
        let tokens = stage.crowd.strangers(in: stage.games.readable, among: BenchPlan.entriesRead)
        let file = try stage.lines(tokens, to: "readers.tokens")
        var figures: [Figure] = []
        for kind in Self.kinds {
            try await check(kind.path, tokens[0])
            stage.progress("reads, \(kind.name): warming up")
            _ = try await stage.pgbench.load(BenchTables.top, seconds: 1)
            _ = try await stage.wrk.load(.reads, [file, kind.path, "1"], seconds: stage.warmUp)
            let pairs = try await stage.pairs("reads, \(kind.name)") {
                try await stage.pgbench.load(BenchTables.top, seconds: stage.plan.seconds)
            } load: { pair in
                try await stage.wrk.load(
                    .reads,
                    [file, kind.path, "\(pair + 2)"],
                    seconds: stage.plan.seconds
                )
            }
            figures.append(
                Figure(
                    "reads, \(kind.name)",
                    pairs,
                    against: "pgbench top-10 select",
                    goals: [.ratioAtLeast(0.45)],
                    note: "\(BenchPlan.entriesRead) entries, 64 connections"
                )
            )
        }
        return figures
    }

    /// Makes sure that what is read is the large leaderboard and that readers have a place on it.
    private func check(_ path: String, _ token: String) async throws {
        let page = try await stage.service.document(
            .get,
            path,
            headers: [(name: "Authorization", value: "Bearer \(token)")]
        )
        guard page["total"]?.int64 == Int64(BenchPlan.entriesRead), page["me"]?["rank"]?.int64 != nil,
            page["entries"]?.elements.count == 10
        else { throw BenchError(.failed, "\(path) is not the leaderboard that was to be read") }
    }
}
