import Postgres
import TestSupport
import Testing

/// Where a pooler may give each transaction another session, nothing is left in a session, and nothing expected of it.
@Suite(.scratchDatabase) struct PooledConnectionTests {
    private static func with(_ body: (PostgresPool) async throws -> Void) async throws {
        var configuration = ScratchDatabase.current.configuration
        try configuration.keepSessions(at: ScratchDatabase.current.url)
        configuration.maximumConnections = 1
        try await PostgresPool.with(configuration, body)
    }

    private static func check(_ row: Row?) throws(PostgresError) {
        guard let row else { throw PostgresError(.decoding, "no row") }
        let (path, mode, name, nothing) = try row.decode(
            String.self,
            String.self,
            String.self,
            Int64?.self
        )
        #expect(path == "highscores, pg_temp" && mode == "force_generic_plan")
        #expect(name == "Zoë" && nothing == nil)
    }

    @Test func `statements find the settings in and outside of transactions, prepared or not`() async throws {
        try await Self.with { pool in
            let ask: Query =
                "SELECT current_setting('search_path'), current_setting('plan_cache_mode'), \("Zoë"), \(Int64?.none)"
            for _ in 1...2 {
                try await pool.withSession { session throws(PostgresError) in
                    try Self.check(try session.first(ask))
                    for rows in try session.pipeline([ask, ask]) { try Self.check(rows.first) }
                }
                try await pool.transaction(TransactionOptions(statementTimeout: .seconds(77))) {
                    session throws(PostgresError) in
                    try Self.check(try session.first(ask))
                    let limit = try session.first("SELECT current_setting('statement_timeout')")
                    #expect(try limit?.decode(String.self) == "77s")
                }
                try await pool.committing { session throws(PostgresError) in
                    try Self.check(try session.first(ask))
                    return Ending([ask]) { rows throws(PostgresError) in try Self.check(rows[0].first) }
                }
            }
        }
    }

    @Test func `nothing is left in the session`() async throws {
        try await Self.with { pool in
            _ = try await pool.withSession { session throws(PostgresError) in try session.execute("SELECT 1")
            }
            try await pool.withSession { session throws(PostgresError) in
                // A script is sent as it is.
                try session.script(
                    """
                    DO $$ BEGIN
                        IF current_setting('plan_cache_mode') <> 'auto' OR current_setting('search_path') LIKE 'highscores%'
                           OR EXISTS (SELECT FROM pg_prepared_statements) THEN
                            RAISE 'something is left';
                        END IF;
                    END $$
                    """
                )
            }
        }
    }

    @Test func `an error ends its transaction alone`() async throws {
        try await Self.with { pool in
            for query in ["SELECT 1 / 0", "SELECT nothing"] as [Query] {
                await #expect(throws: PostgresError.self) {
                    try await pool.transaction { session throws(PostgresError) in try session.execute(query) }
                }
                await #expect(throws: PostgresError.self) {
                    try await pool.withSession { session throws(PostgresError) in try session.execute(query) }
                }
                try await pool.withSession { session throws(PostgresError) in try session.ping() }
            }
        }
    }

    @Test func `what lives by its session goes elsewhere`() throws {
        var configuration = try PostgresConfiguration(connectionString: "host=pooler dbname=a")
        #expect(!configuration.isPooled && configuration.forSessions.hosts == ["pooler"])
        try configuration.keepSessions(at: "host=server dbname=a")
        #expect(configuration.isPooled && configuration.hosts == ["pooler"])
        #expect(!configuration.forSessions.isPooled && configuration.forSessions.hosts == ["server"])
    }
}
