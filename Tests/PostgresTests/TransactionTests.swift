import Postgres
import TestSupport
import Testing

private let withNotes = ScratchServer.template("notes") { pool in
    _ = try await pool.withSession { session throws(PostgresError) in
        try session.execute(
            "CREATE TABLE notes (id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED, text text)"
        )
    }
}

/// A transaction takes effect as a whole or not at all.
@Suite(.scratchDatabase(withNotes))
struct TransactionTests {
    private let pool = ScratchDatabase.current.pool

    private func count() async throws -> Int? {
        try await pool.withSession { session throws(PostgresError) in
            try session.first("SELECT count(*) FROM notes")?.decode(Int.self)
        }
    }

    @Test func `what the body wrote is there when it returns`() async throws {
        let result = try await pool.transaction { session throws(PostgresError) in
            try session.execute("INSERT INTO notes VALUES (\(1), \("a"))")
                + session.execute("INSERT INTO notes VALUES (\(2), \("b"))")
        }
        #expect(result == 2)
        #expect(try await count() == 2)
    }

    @Test func `nothing remains when the body throws`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (\(1), \("a"))")
                throw PostgresError(.decoding, "no")
            }
        }
        #expect(error?.message == "no")
        #expect(try await count() == 0)
        #expect(pool.statistics == PostgresPool.Statistics(idle: 1, inUse: 0, connecting: 0, waiting: 0))
    }

    @Test func `nothing remains of a dry run, although its result does`() async throws {
        let written = try await pool.transaction(TransactionOptions(isDryRun: true)) {
            session throws(PostgresError) in
            try session.execute("INSERT INTO notes VALUES (1, 'a'), (2, 'b')")
        }
        #expect(written == 2)
        #expect(try await count() == 0)
    }

    @Test func `an error that the body swallows fails the commit`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (1, 'a')")
                _ = try? session.execute("SELECT 1 / 0")
            }
        }
        #expect(error?.code == .rolledBack)
        #expect(try await count() == 0)
    }

    @Test func `a constraint checked at the end fails the commit with its name`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (1, 'a'), (1, 'b')")
            }
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.constraint == "notes_pkey")
        #expect(error?.outcomeUnknown == false)
        #expect(try await count() == 0)
    }

    @Test func `a transaction without statements is nothing`() async throws {
        #expect(try await pool.transaction { _ throws(PostgresError) in 42 } == 42)
    }

    @Test func `statements after a failed one are refused until the end`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                _ = try? session.execute("SELECT 1 / 0")
                try session.execute("INSERT INTO notes VALUES (1, 'a')")
            }
        }
        #expect(error?.sqlState == .inFailedTransaction)
    }

    @Test(arguments: [TransactionOptions.Isolation.readCommitted, .repeatableRead, .serializable])
    func `the isolation is the one asked for`(isolation: TransactionOptions.Isolation) async throws {
        let actual = try await pool.transaction(TransactionOptions(isolation: isolation)) {
            session throws(PostgresError) in
            try session.first("SHOW transaction_isolation")?.decode(String.self)
        }
        #expect(actual == isolation.rawValue.lowercased())
    }

    @Test func `a transaction opened by hand does not reach the next user`() async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("BEGIN")
            try session.execute("INSERT INTO notes VALUES (1, 'a')")
        }
        #expect(try await count() == 0)
        #expect(pool.statistics.idle == 1)
    }

    @Test func `a connection lost before the commit leaves nothing, and that is known`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (1, 'a')")
                try session.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.isUnavailable == true)
        #expect(error?.outcomeUnknown == false)
        #expect(try await count() == 0)
    }

    @Test func `a connection lost during the commit leaves the outcome unknown`() async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                """
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END $$;
                CREATE CONSTRAINT TRIGGER die AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION die();
                """
            )
        }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (1, 'a')")
            }
        }
        #expect(error?.outcomeUnknown == true)
        #expect(error?.isUnavailable == true)
        #expect("\(try #require(error))".contains("outcome unknown"))
    }

    @Test func `a connection lost outside a transaction leaves the outcome unknown`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withSession { session throws(PostgresError) in
                try session.execute("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)")
            }
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.sqlState == .adminShutdown)
        #expect(error?.outcomeUnknown == true)
    }
}
