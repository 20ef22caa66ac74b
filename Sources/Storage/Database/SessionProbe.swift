package import Postgres

/// Finds out what becomes of sessions on the way to the server, whatever stands between.
package enum SessionProbe {
    /// How often it is tried: a pooler may happen to give the same session again.
    private static let rounds = 4

    /// Whether one connection is given several sessions of the server, or several connections the same, as behind a pooler in
    /// transaction mode.
    ///
    /// - Parameter pool: One that expects it, with two connections at least.
    package static func sessionsMove(_ pool: PostgresPool) async throws -> Bool {
        try await pool.withConnection { first in
            try await pool.withConnection { second in
                for _ in 0..<rounds {
                    let before = try await process(first)
                    try await second.withSession { session throws(PostgresError) in
                        try session.script("BEGIN")
                    }
                    let (other, after) = (try await process(second), try await process(first))
                    try await second.withSession { session throws(PostgresError) in
                        try session.script("COMMIT")
                    }
                    if before == other || before != after { return true }
                }
                return false
            }
        }
    }

    /// Whether two ways lead to the same database: a lock taken on one is seen on the other.
    package static func leadToOneDatabase(_ sessions: PostgresPool, _ pool: PostgresPool) async throws -> Bool
    {
        let key = Int64.random(in: .min ... .max)
        return try await sessions.withConnection { connection in
            _ = try await connection.withSession { session throws(PostgresError) in
                try session.tryAdvisoryLock(key)
            }
            return try await pool.withSession { session throws(PostgresError) in
                try session.advisoryLockIsHeld(key)
            }
        }
    }

    private static func process(_ connection: PostgresConnection) async throws -> Int32? {
        try await connection.withSession { session throws(PostgresError) in
            try session.first("SELECT pg_backend_pid()")?.decode(Int32.self)
        }
    }
}
