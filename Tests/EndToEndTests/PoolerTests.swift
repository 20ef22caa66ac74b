import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// PgBouncer in transaction mode between the service and its database.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct PoolerTests {
    /// Runs a body with a pooler before the test's server, which keeps few sessions of it.
    ///
    /// - Parameter body: Given the way to the test's database through it.
    private static func with(_ arena: Arena, mode: String, _ body: (String) async throws -> Void) async throws
    {
        let database = ScratchDatabase.current
        let host = try #require(database.configuration.hosts.first)
        let port = try Program.freePort()
        let folder = arena.folder.appendingPathComponent("pooler-\(port)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appendingPathComponent("pgbouncer.ini")
        try """
        [databases]
        * = host=\(host) port=5432 user=postgres
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = \(port)
        unix_socket_dir =
        auth_type = any
        pool_mode = \(mode)
        default_pool_size = 3
        \(geteuid() == 0 ? "user = postgres" : "")

        """.write(to: file, atomically: true, encoding: .utf8)
        let program = try Program([file.path], environment: [:], folder: folder, at: "/usr/sbin/pgbouncer")
        let url = "host=127.0.0.1 port=\(port) dbname=\(database.name) user=postgres"
        let configuration = try PostgresConfiguration(connectionString: url)
        try await Program.wait(for: "pgbouncer", else: { program.standardError }) {
            try? await PostgresPool.with(configuration) { pool in
                try await pool.withSession { session throws(PostgresError) in try session.script("SELECT 1") }
            }
        }
        try await body(url)
        program.send(SIGINT)
        try await program.exitCode()
    }

    private static func findings(_ arena: Arena, _ variables: [String: String]) async throws -> (
        code: Int32, pooler: String?, all: String
    ) {
        let result = try await arena.run("doctor", with: variables)
        let line = result.output.split(separator: "\n").first { $0.contains("\tpooler\t") }
        return (result.code, line.map(String.init), result.output + result.errors)
    }

    @Test func `doctor knows a pooler that keeps no sessions, and says what to do`() async throws {
        try await Arena.with { arena in
            let direct = ScratchDatabase.current.url
            try await Self.with(arena, mode: "transaction") { url in
                let unknown = try await Self.findings(arena, ["DATABASE_URL": url])
                #expect(unknown.code == 1, "\(unknown)")
                #expect(unknown.pooler?.contains("set DATABASE_SESSION_URL") == true, "\(unknown)")
                let known = try await Self.findings(
                    arena,
                    ["DATABASE_URL": url, "DATABASE_SESSION_URL": direct]
                )
                #expect(known.code == 0 && known.pooler?.hasPrefix("ok\t") == true, "\(known)")
                let useless = try await Self.findings(
                    arena,
                    ["DATABASE_URL": url, "DATABASE_SESSION_URL": url]
                )
                #expect(useless.code == 1, "\(useless)")
                #expect(useless.pooler?.contains("keeps no sessions") == true, "\(useless)")
                let elsewhere = ScratchDatabase.current.configuration.connectionString(database: "postgres")
                let other = try await Self.findings(
                    arena,
                    ["DATABASE_URL": url, "DATABASE_SESSION_URL": elsewhere]
                )
                #expect(other.code == 1, "\(other)")
                #expect(other.pooler?.contains("another database") == true, "\(other)")
            }
            try await Self.with(arena, mode: "session") { url in
                let harmless = try await Self.findings(arena, ["DATABASE_URL": url])
                #expect(harmless.code == 0 && harmless.pooler == nil, "\(harmless)")
            }
            #expect(try await Self.findings(arena, ["DATABASE_URL": direct]).pooler == nil)
        }
    }

    @Test func `the service plays behind a pooler, with sessions kept elsewhere`() async throws {
        try await Arena.with { arena in
            try await Self.with(arena, mode: "transaction") { url in
                let variables = ["DATABASE_URL": url, "DATABASE_SESSION_URL": ScratchDatabase.current.url]
                let service = try await arena.serve([], variables)
                let message = try arena.post(Arena.tetris, in: Arena.friday)
                let people = [(Arena.ada, 100), (Arena.zoe, 300), (Arena.omar, 200)]
                try await withThrowingTaskGroup { group in
                    for round in 1...5 {
                        for (player, score) in people {
                            group.addTask {
                                try await arena.play(player, message, at: service, score + round)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                await arena.expectTable([Arena.ada: 105, Arena.zoe: 305, Arena.omar: 205])
                let launch = try await arena.launch(Arena.ada, message)
                let board = try await service.board(launch)
                #expect(board == ["\(Arena.ada)": 105, "\(Arena.zoe)": 305, "\(Arena.omar)": 205])
                // Hears of what a command changes, and brings it to Telegram.
                let banned = try await arena.run(
                    ["player", "ban", "\(Arena.zoe)", "--yes"],
                    with: variables
                )
                #expect(banned.code == 0, "\(banned)")
                await arena.expectTable([Arena.ada: 105, Arena.omar: 205])
                try await Program.wait(for: "the ban to be known") {
                    try await arena.telegram.press(user: Arena.zoe, message).url == nil ? () : nil
                }
                let failed = service.program.standardError.split(separator: "\n").filter {
                    $0.contains("prepared statement") || $0.contains("does not exist")
                }
                #expect(failed.isEmpty, "\(failed)")
                try await service.stop()
            }
        }
    }
}
