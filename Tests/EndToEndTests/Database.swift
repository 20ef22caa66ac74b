import Postgres
import TestSupport

/// What a test does to the running test's database beside the program.
enum Database {
    /// Ends all connections and lets no new one in.
    static func cut() async throws {
        let name = ScratchDatabase.current.name
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.script("ALTER DATABASE \(name) WITH ALLOW_CONNECTIONS false")
            _ = try session.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(name)"
            )
        }
    }

    /// Lets connections in again.
    static func restore() async throws {
        let name = ScratchDatabase.current.name
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.script("ALTER DATABASE \(name) WITH ALLOW_CONNECTIONS true")
        }
    }

    /// Locks tables against everybody else for the time of a body, as a stuck migration would.
    static func locking(_ tables: String, _ body: () async throws -> Void) async throws {
        var configuration = ScratchDatabase.current.configuration
        configuration.idleInTransactionTimeout = .seconds(60)
        try await PostgresPool.with(configuration) { pool in
            try await pool.withConnection { connection in
                _ = try await connection.withSession { session throws(PostgresError) in
                    try session.script("BEGIN; LOCK TABLE \(tables) IN ACCESS EXCLUSIVE MODE")
                }
                try await body()
                _ = try await connection.withSession { session throws(PostgresError) in
                    try session.script("ROLLBACK")
                }
            }
        }
    }

    /// How many rows a table has.
    static func count(_ table: String) async throws -> Int64 {
        try await counts([table])[table] ?? -1
    }

    /// How many rows each table has.
    static func counts(
        _ tables: [String] = [
            "players", "chats", "chat_instances", "chat_addresses", "targets", "scores", "boards", "entries",
            "deliveries", "answered_updates", "audit", "bans",
        ]
    ) async throws -> [String: Int64] {
        let url = ScratchDatabase.current.url
        return try await PostgresPool.with(try PostgresConfiguration(connectionString: url)) { pool in
            try await pool.withSession { session throws(PostgresError) in
                var counts: [String: Int64] = [:]
                for table in tables {
                    counts[table] = try session.query(Query(unescaped: "SELECT count(*) FROM \(table)"))
                        .decode(Int64.self)[0]
                }
                return counts
            }
        }
    }
}
