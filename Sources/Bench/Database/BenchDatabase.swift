import LocalPostgres
import Logging
import Postgres
import Storage

/// A database that the bench has for itself.
struct BenchDatabase: Sendable {
    /// How the service and pgbench reach it; may hold a password.
    let url: String
    /// Connections for preparing and asking.
    let pool: PostgresPool
    /// Whether the whole server was started for the bench.
    let isPrivate: Bool

    /// How long one statement may take: making the largest leaderboard is one.
    private static let longest = Duration.seconds(3600)

    /// Gives a body a database with the schema and the baseline, and removes it at the end.
    ///
    /// - Parameter url: The server on which it is made; nil starts a private one in the folder.
    /// - Throws: ``BenchError``, `ClusterError` and `PostgresError` when there can be no database, and what the body
    ///   throws.
    static func with<Value: Sendable>(
        on url: String?,
        folder: ScratchFolder,
        logger: Logger,
        _ body: @Sendable (BenchDatabase) async throws -> Value
    ) async throws -> Value {
        guard let url else {
            let data = folder.file("cluster")
            return try await PrivateCluster.with(dataFolder: data, logger: logger) { lease in
                guard lease.folder.hasPrefix(folder.path) else {
                    throw BenchError(
                        .unprepared,
                        "the user who runs PostgreSQL cannot reach \(folder.path); TMPDIR names another place"
                    )
                }
                return try await prepared(lease.connectionString, isPrivate: true, body)
            }
        }
        let server = try PostgresConfiguration(connectionString: url)
        let name = "highscores_bench_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try await onServer(server) { session throws(PostgresError) in
            try session.script("CREATE DATABASE \(name)")
        }
        let result = await Result {
            try await prepared(server.connectionString(database: name), isPrivate: false, body)
        }
        do {
            // Also when the bench was interrupted.
            try await Task.detached {
                try await onServer(server) { session throws(PostgresError) in
                    try session.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
                }
            }.value
        } catch {
            logger.warning(
                "bench.database_left",
                metadata: ["detail": "the database \(name) is left behind; drop it: \(error)"]
            )
        }
        return try result.get()
    }

    private static func onServer(
        _ configuration: PostgresConfiguration,
        _ body: @Sendable (Session) throws(PostgresError) -> Void
    ) async throws {
        var configuration = configuration
        configuration.statementTimeout = .seconds(60)
        try await PostgresPool.with(configuration, logger: .silent) { pool in
            _ = try await pool.withSession(body)
        }
    }

    private static func prepared<Result: Sendable>(
        _ url: String,
        isPrivate: Bool,
        _ body: @Sendable (BenchDatabase) async throws -> Result
    ) async throws -> Result {
        var configuration = try PostgresConfiguration(connectionString: url)
        configuration.applicationName = "highscores bench"
        configuration.statementTimeout = longest
        let migrations = try Schema.migrations()
        return try await PostgresPool.with(configuration, logger: .silent) { pool in
            _ = try await migrations.apply(pool)
            try await pool.withSession { session throws(PostgresError) in
                try BenchTables(session).createBaseline(entries: BenchPlan.entriesRead)
            }
            return try await body(BenchDatabase(url: url, pool: pool, isPrivate: isPrivate))
        }
    }
}

extension Logger {
    /// Says nothing.
    static var silent: Logger { Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() } }
}

extension Result where Failure == any Error {
    /// How a body ends, kept while what it used is cleared away.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
