import Postgres
import TestSupport
import Testing

/// The server's refusals arrive with their code and constraint, and nothing that was bound.
@Suite(.scratchDatabase)
struct ServerErrorTests {
    private let pool = ScratchDatabase.current.pool

    private func failure(_ query: Query) async -> PostgresError? {
        await #expect(throws: PostgresError.self) {
            try await pool.withSession { session throws(PostgresError) in _ = try session.execute(query) }
        }
    }

    private func prepareTables() async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                """
                CREATE TABLE games (id bigint CONSTRAINT games_key PRIMARY KEY, name text NOT NULL,
                    CONSTRAINT games_name_filled CHECK (name <> ''));
                CREATE TABLE scores (game_id bigint CONSTRAINT scores_game REFERENCES games);
                INSERT INTO games VALUES (1, 'one');
                """
            )
        }
    }

    @Test func `violations name their constraint`() async throws {
        try await prepareTables()
        let cases: [(Query, SQLState, String?)] = [
            ("INSERT INTO games VALUES (\(1), \("twice"))", .uniqueViolation, "games_key"),
            ("INSERT INTO games VALUES (\(2), \(""))", .checkViolation, "games_name_filled"),
            ("INSERT INTO games VALUES (\(2), \(String?.none))", .notNullViolation, nil),
            ("INSERT INTO scores VALUES (\(9))", .foreignKeyViolation, "scores_game"),
        ]
        for (query, state, constraint) in cases {
            let error = await failure(query)
            #expect(error?.code == .server)
            #expect(error?.sqlState == state)
            #expect(error?.constraint == constraint)
            #expect(error?.isUnavailable == false)
            #expect(error?.statement == query.sql)
        }
    }

    @Test(
        arguments: [
            "INSERT INTO games VALUES (\(1), \("secret"))",
            "INSERT INTO games SELECT \(3), nullif(\("secret"), \("secret"))",
            "INSERT INTO games VALUES (\("secret")::text::bigint, 'x')",
            "SELECT \("{\"secret\"")::text::json",
            "SELECT \("secret")::text::timestamptz", "SELECT format(\("%secret"))",
        ] as [Query]
    )
    func `an error quotes neither a value nor the row that was refused`(query: Query) async throws {
        try await prepareTables()
        let error = try #require(await failure(query))
        #expect("\(error)".contains("$1") == false)
        #expect(String(reflecting: error).contains("$1"))
        for text in ["\(error)", String(reflecting: error), error.message] {
            #expect(!text.contains("secret") && !text.contains("(1)") && !text.contains("(3"), "\(text)")
        }
    }

    @Test(arguments: ["22P02", "22003", "23514"])
    func `no value is quoted in whatever language and quotation marks`(code: String) async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                """
                CREATE FUNCTION refuse(code text, value text) RETURNS void LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION USING ERRCODE = code, DETAIL = value, COLUMN = 'score',
                        CONSTRAINT = 'scores_range',
                        MESSAGE = CASE WHEN code LIKE '22%' THEN 'ungültige Eingabe: »' || value || '«' ELSE 'ungültig' END,
                        HINT = CASE WHEN code LIKE '22%' THEN 'statt ' || value ELSE 'nicht so' END;
                END $$
                """
            )
        }
        let error = try #require(await failure("SELECT refuse(\(code), \("secret"))"))
        #expect(error.sqlState == SQLState(code))
        #expect(error.constraint == "scores_range")
        #expect(!String(reflecting: error).contains("secret"), "\(String(reflecting: error))")
        #expect(code.hasPrefix("23") || error.message.contains("\"score\""), "\(error)")
    }

    @Test(
        arguments: zip(
            ["SELEC 1", "SELECT 1 FROM nowhere"] as [Query],
            [.syntaxError, .undefinedTable] as [SQLState]
        )
    )
    func `a statement that can not be prepared is an error, again and again`(query: Query, state: SQLState)
        async
    {
        for _ in 0..<3 {
            #expect(await failure(query)?.sqlState == state)
        }
    }

    @Test func `a statement that failed to be prepared works once it can`() async throws {
        #expect(await failure("SELECT count(*) FROM later")?.sqlState == .undefinedTable)
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("CREATE TABLE later (id int)")
            _ = try session.query("SELECT count(*) FROM later")
        }
    }

    @Test func `a statement that takes too long is cancelled`() async throws {
        var configuration = ScratchDatabase.current.configuration
        configuration.statementTimeout = .milliseconds(50)
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresPool.with(configuration) { pool in
                try await pool.withSession { session throws(PostgresError) in
                    _ = try session.execute("SELECT pg_sleep(60)")
                }
            }
        }
        #expect(error?.sqlState == .queryCancelled)
        #expect(error?.isUnavailable == true)
    }

    @Test func `a transaction may have a statement time-out of its own`() async throws {
        let options = TransactionOptions(statementTimeout: .milliseconds(50))
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(options) { session throws(PostgresError) in
                _ = try session.execute("SELECT pg_sleep(60)")
            }
        }
        #expect(error?.sqlState == .queryCancelled)
        let setting = try await pool.withSession { session throws(PostgresError) in
            try session.first("SHOW statement_timeout")?.decode(String.self)
        }
        #expect(setting == "2min")
    }

    @Test func `a lock that others hold ends in a time-out`() async throws {
        var configuration = ScratchDatabase.current.configuration
        configuration.lockTimeout = .milliseconds(50)
        let pool = pool
        try await pool.withConnection { holder in
            _ = try await holder.withSession { session throws(PostgresError) in try session.tryAdvisoryLock(7)
            }
            let error = await #expect(throws: PostgresError.self) {
                try await PostgresPool.with(configuration) { pool in
                    try await pool.transaction { session throws(PostgresError) in
                        try session.advisoryXactLock(7)
                    }
                }
            }
            #expect(error?.sqlState == .lockNotAvailable)
            #expect(error?.isUnavailable == true)
        }
    }

    @Test func `a write in a read-only transaction is refused`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(.snapshot) { session throws(PostgresError) in
                try session.execute("CREATE TABLE games (id int)")
            }
        }
        #expect(error?.sqlState == .readOnlyTransaction)
    }

    @Test(arguments: [
        ("08006", true, false), ("53300", true, false), ("57P01", true, false), ("57P02", true, false),
        ("57P03", true, false), ("57014", true, false), ("55P03", true, false), ("25006", true, false),
        ("40001", false, true), ("40P01", false, true), ("23505", false, false), ("42601", false, false),
    ])
    func `the code decides whether to wait, to retry or to give up`(
        code: String,
        isUnavailable: Bool,
        isRetryable: Bool
    ) async {
        let error = await failure(
            "DO \(unescaped: "$$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '\(code)'; END $$")"
        )
        #expect(error?.sqlState == SQLState(code))
        #expect(error?.isUnavailable == isUnavailable)
        #expect(error?.isRetryable == isRetryable)
    }
}
