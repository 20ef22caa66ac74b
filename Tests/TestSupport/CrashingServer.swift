import Foundation
package import Postgres

/// A PostgreSQL server of one test's own, which can be crashed.
package actor CrashingServer {
    /// How to reach its only database.
    package nonisolated let url: String
    private let folder: URL
    private var process: pid_t

    private init(folder: URL) throws {
        self.folder = folder
        url = ScratchProcess.connectionString(of: folder)
        process = try ScratchProcess.serve(folder)
    }

    /// Gives a body a server, and removes it afterwards.
    ///
    /// - Parameter body: The test.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, and what keeps the server from starting.
    package static func with<Result: Sendable>(
        _ body: (CrashingServer) async throws -> Result
    ) async throws -> Result {
        let folder = try await offMainThreads { try ScratchProcess.make() }
        let server: CrashingServer
        do { server = try CrashingServer(folder: folder) } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        do {
            try await server.waitUntilReady()
            let result = try await body(server)
            await server.end()
            return result
        } catch {
            await server.end()
            throw error
        }
    }

    /// Stops it as a crash would, without a last checkpoint, and starts it again.
    ///
    /// - Throws: When it does not come back.
    package func crash() async throws {
        let arguments = ["-D", ScratchProcess.data(of: folder), "-m", "immediate", "-w", "stop"]
        let (folder, process) = (folder, process)
        try await offMainThreads {
            try ScratchProcess.run("pg_ctl", arguments, folder)
            ProgramSpawn.end(of: process)
        }
        self.process = try ScratchProcess.serve(folder)
        try await waitUntilReady()
    }

    /// Lets none of its processes do anything for the time of a body, as a machine that hangs would.
    ///
    /// - Parameter body: What happens meanwhile.
    /// - Throws: What the body throws.
    package func freezing(_ body: @Sendable () async throws -> Void) async throws {
        // The parent first, so that it makes no more children.
        kill(process, SIGSTOP)
        let processes = [process] + Self.children(of: process)
        processes.forEach { kill($0, SIGSTOP) }
        defer { processes.forEach { kill($0, SIGCONT) } }
        try await body()
    }

    private static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            // The program's name, in brackets, may hold anything; the state and the parent follow it.
            let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            let fields = status?.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && pid_t(fields[1]) == parent
        }
    }

    /// Ends every connection but the one that does it.
    ///
    /// - Throws: `PostgresError`.
    package func cutConnections() async throws {
        try await withPool { pool in
            try await pool.withSession { session throws(PostgresError) in
                _ = try session.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                    """
                )
            }
        }
    }

    /// Gives a body connections of the test's own.
    ///
    /// - Parameter body: What to do.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    package nonisolated func withPool<Result: Sendable>(
        _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        var configuration = try PostgresConfiguration(connectionString: url)
        configuration.statementTimeout = .seconds(60)
        configuration.poolWaitTimeout = .seconds(60)
        return try await PostgresPool.with(configuration, logger: ScratchServer.logger, body)
    }

    private nonisolated func waitUntilReady() async throws {
        try await Program.wait(for: "PostgreSQL to start") { () -> Void? in
            try? await withPool { pool in
                _ = try await pool.withSession { session throws(PostgresError) in
                    try session.query("SELECT 1")
                }
            }
        }
    }

    private func end() {
        kill(process, SIGQUIT)
        ProgramSpawn.end(of: process)
        try? FileManager.default.removeItem(at: folder)
    }
}
