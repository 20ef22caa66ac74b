import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// The bench at its smallest, on the tests' server.
@Suite(.serialized, .timeLimit(.minutes(10)), .scratchDatabase) struct BenchTests {
    private static func start(_ folder: URL, _ arguments: String...) throws -> Program {
        try Program(
            ["bench", "--seconds", "1", "--pairs", "1", "--entries", "10000"] + arguments,
            environment: [
                "DATABASE_URL": ScratchDatabase.current.url, "TMPDIR": folder.path,
                // What is set for a real service is nothing to the bench.
                "HIGHSCORES_LISTEN": "192.0.2.1:1", "TELEGRAM_API_URL": "http://192.0.2.1:1",
                "HIGHSCORES_SECRET": "a-secret-of-the-service-and-not-of-the-bench",
            ],
            folder: folder
        )
    }

    /// What the bench must not leave behind.
    private static func expectNothingLeft(in folder: URL) async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names).isSubset(of: ["stdout", "stderr"]), "\(names)")
        let databases = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query("SELECT datname FROM pg_database WHERE datname LIKE 'highscores_bench_%'")
                .decode(String.self)
        }
        #expect(databases.isEmpty)
    }

    @Test func `every part is measured, and nothing is left`() async throws {
        try await Program.withFolder { folder in
            let program = try Self.start(folder, "--json")
            let code = try await program.exitCode(within: .seconds(400))
            try #require(code == 0, "\(program.standardError)")
            let document = try JSON.parse(Array(program.standardOutput.utf8))
            #expect(document["schema"]?.int64 == 1)
            #expect(document["machine"]?["fsync"]?.string != nil)
            let all = document["figures"]?.elements.compactMap { $0["name"]?.string } ?? []
            let names = all.filter { !$0.hasPrefix("anybody's request: ") }
            #expect(all.count - names.count == 10)
            #expect(
                names == [
                    "rank, 10000 entries, uniform, p99", "rank, 10000 entries, exponential, p99",
                    "rank, 10000 entries, equal, p99", "rank, 10000 entries, hundred, p99",
                    "rank, 10000 entries, rising, p99", "delivery, commit to call, p99",
                    "claim of deliveries, p99", "deliveries", "launches", "submissions, steady",
                    "submissions, rising", "submission at half the rate, p99",
                    "submissions, 1,000 boards", "submissions, one of 1,000 boards",
                    "submissions, 5 boards", "submissions, two instances", "reads, top 10",
                    "reads, around me", "making 10000 entries from the log",
                    "disk of 10000 runs and their leaderboard", "time of a submission, 10000 entries",
                    "memory of serve, peak",
                ]
            )
            try await Self.expectNothingLeft(in: folder)
        }
    }

    @Test func `an interrupted bench ends with 130 and leaves nothing`() async throws {
        try await Program.withFolder { folder in
            let program = try Self.start(folder, "--only", "launches", "--seconds", "60")
            try await Program.wait(for: "load", else: { program.standardError }) {
                program.standardError.contains("warming up") ? () : nil
            }
            program.send(SIGINT)
            #expect(try await program.exitCode() == 130)
            try await Self.expectNothingLeft(in: folder)
        }
    }
}
