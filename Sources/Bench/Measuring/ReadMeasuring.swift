import Curl
import JSON
import Leaderboards
import Postgres
import Storage

extension Stage {
    /// How many reads of a large leaderboard are answered.
    func measureReads() async throws -> [BenchResult] {
        progress("reads: filling a leaderboard of \(BenchPlan.entriesRead)")
        let game = game(.readable)
        try await database.pool.withSession { session throws(PostgresError) in
            let tables = BenchTables(session)
            try tables.fillBoard(of: game.id, entries: BenchPlan.entriesRead, .uniform)
            try tables.namePlayers(BenchPlan.entriesRead)
            try tables.vacuum()
        }
        let tokens = people.strangers(in: game, among: BenchPlan.entriesRead)
        let file = try lines(tokens, to: "readers.tokens")
        let kinds = [
            (name: "top 10", path: "/v1/leaderboard?scope=global", goal: 0.5),
            (name: "around me", path: "/v1/leaderboard?scope=global&around=me", goal: 0.4),
        ]
        var results: [BenchResult] = []
        for kind in kinds {
            try await checkPage(kind.path, tokens[0])
            progress("reads, \(kind.name): warming up")
            _ = try await pgbench.load(.top, seconds: 1)
            _ = try await wrk.load(.reads, [file, kind.path, "1"], seconds: warmUp)
            let pairs = try await pairs("reads, \(kind.name)") {
                try await pgbench.load(.top, seconds: plan.seconds)
            } load: { pair in
                try await wrk.load(
                    .reads,
                    [file, kind.path, "\(pair + 2)"],
                    seconds: plan.seconds
                )
            }
            results.append(
                BenchResult(
                    "reads, \(kind.name)",
                    pairs,
                    against: "pgbench top-10 select",
                    goals: [.ratioAtLeast(kind.goal)],
                    note: "\(BenchPlan.entriesRead) entries, 64 connections"
                )
            )
        }
        return results
    }

    /// Makes sure that what is read is the large leaderboard and that readers have a place on it.
    private func checkPage(_ path: String, _ token: String) async throws {
        let page = try await service.document(
            .get,
            path,
            headers: [(name: "Authorization", value: "Bearer \(token)")]
        )
        guard page["total"]?.int64 == Int64(BenchPlan.entriesRead), page["me"]?["rank"]?.int64 != nil,
            page["entries"]?.elements.count == 10
        else { throw BenchError(.failed, "\(path) is not the leaderboard that was to be read") }
    }
}
