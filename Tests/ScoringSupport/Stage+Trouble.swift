package import Postgres

extension Stage {
    /// Has the database refuse what is written to a table, while a body runs.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - state: With which code.
    ///   - times: How often; what comes after is taken.
    ///   - body: What to do meanwhile.
    /// - Returns: How often something was to be written there.
    /// - Throws: What the body throws.
    @discardableResult
    package func failing(
        _ table: String,
        with state: String,
        times: Int = .max,
        _ body: () async throws -> Void
    ) async throws -> Int {
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                """
                CREATE SEQUENCE failing_attempts;
                CREATE FUNCTION fail_to_write() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    -- A sequence counts what is taken back, too.
                    IF nextval('failing_attempts') <= \(times) THEN
                        RAISE EXCEPTION 'not now' USING ERRCODE = '\(state)';
                    END IF;
                    RETURN NULL;
                END $$;
                CREATE TRIGGER failing BEFORE INSERT ON \(table) FOR EACH STATEMENT EXECUTE FUNCTION fail_to_write()
                """
            )
        }
        try await body()
        let attempts = try await value(
            Int.self,
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM failing_attempts"
        )
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                "DROP TRIGGER failing ON \(table); DROP FUNCTION fail_to_write(); DROP SEQUENCE failing_attempts"
            )
        }
        return attempts ?? 0
    }

    /// Keeps a transaction open while a body runs.
    ///
    /// - Parameters:
    ///   - begin: What is done in it first.
    ///   - body: What to do meanwhile.
    ///   - end: What is done before it commits.
    /// - Throws: What the body throws.
    package func holding(
        _ begin: @Sendable (Session) throws(PostgresError) -> Void,
        while body: @Sendable () async throws -> Void,
        end: @Sendable (Session) throws(PostgresError) -> Void = { _ in }
    ) async throws {
        try await pool.withConnection { connection in
            try await connection.withSession { session throws(PostgresError) in
                try session.script("BEGIN")
                try begin(session)
            }
            do { try await body() } catch {
                try await connection.withSession { session throws(PostgresError) in
                    try session.script("ROLLBACK")
                }
                throw error
            }
            try await connection.withSession { session throws(PostgresError) in
                try end(session)
                try session.script("COMMIT")
            }
        }
    }
}
