import Postgres
import TestSupport
import Testing

private let withNotes = ScratchServer.template("numbered_notes") { pool in
    _ = try await pool.withSession { session throws(PostgresError) in
        try session.execute("CREATE TABLE notes (id bigint PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
    }
}

/// Statements that know their values travel together, the last ones with the COMMIT.
@Suite(.scratchDatabase(withNotes), .timeLimit(.minutes(10)))
struct TypedStatementTests {
    private let pool = ScratchDatabase.current.pool

    private func notes() async throws -> [Int] {
        try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT id FROM notes ORDER BY id").decode(Int.self)
        }
    }

    @Test func `each statement gives its own value, and sees what those before it did`() async throws {
        let (added, ids, first) = try await pool.transaction { session throws(PostgresError) in
            try session.run(
                Statement(counting: "INSERT INTO notes VALUES (1), (2)"),
                Statement("SELECT id FROM notes ORDER BY id") { rows throws(PostgresError) in
                    try rows.decode(Int.self)
                },
                Statement("SELECT min(id) FROM notes") { rows throws(PostgresError) in
                    try rows.first?.decode(Int.self)
                }
            )
        }
        #expect(added == 2 && ids == [1, 2] && first == 1)
    }

    @Test func `the last statements commit in the same round trip`() async throws {
        let ids = try await pool.committing { session throws(PostgresError) in
            _ = try session.query("SELECT 1")
            return Ending(["INSERT INTO notes VALUES (1)", "INSERT INTO notes VALUES (2) RETURNING id"]) {
                rows throws(PostgresError) in try rows[1].decode(Int.self)
            }
        }
        #expect(ids == [2])
        #expect(try await notes() == [1, 2])
        // The transaction is over: the next statement is one by itself.
        try await pool.withSession { session throws(PostgresError) in
            let status = try session.first("SELECT pg_current_xact_id_if_assigned() IS NULL")
            #expect(try status?.decode(Bool.self) == true)
        }
    }

    @Test func `a transaction that opens with its last statements commits them`() async throws {
        try await pool.committing { _ throws(PostgresError) in Ending(["INSERT INTO notes VALUES (3)"], ()) }
        #expect(try await notes() == [3])
    }

    @Test(
        arguments: [
            // The second fails by itself; and the COMMIT fails on what only it checks.
            ["INSERT INTO notes VALUES (1)", "SELECT 1 / 0"],
            ["INSERT INTO notes VALUES (1)", "INSERT INTO notes VALUES (1)"],
        ] as [[Query]]
    )
    func `nothing is committed when one of them, or the COMMIT itself, fails`(queries: [Query]) async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.committing { _ throws(PostgresError) in Ending(queries, ()) }
        }
        #expect(error?.outcomeUnknown == false)
        #expect(try await notes() == [])
        #expect(pool.statistics == PostgresPool.Statistics(idle: 1, inUse: 0, connecting: 0, waiting: 0))
    }

    @Test func `within a dry run the last statements commit nothing`() async throws {
        try await pool.transaction(TransactionOptions(isDryRun: true)) { session throws(PostgresError) in
            let ending = Ending(["INSERT INTO notes VALUES (1) RETURNING id"]) { rows throws(PostgresError) in
                try rows[0].decode(Int.self)
            }
            #expect(try session.run(ending) == [1])
        }
        #expect(try await notes() == [])
    }

    @Test func `what fails after the last statements rolls them back`() async throws {
        await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.run(Ending(["INSERT INTO notes VALUES (1)"], ()))
                throw PostgresError(.rolledBack, "no")
            }
        }
        #expect(try await notes() == [])
    }

    @Test func `a connection that breaks during the COMMIT leaves the outcome unknown`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await pool.committing { _ throws(PostgresError) in
                Ending(
                    [
                        "INSERT INTO notes VALUES (1)",
                        "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)",
                    ],
                    ()
                )
            }
        }
        #expect(error?.outcomeUnknown == true)
    }
}
