import TestSupport
import Testing

@testable import Postgres

/// Statements are prepared once per connection, a bounded number of them, and survive changes of the schema.
@Suite(.scratchDatabase)
struct PreparedStatementTests {
    private let pool = ScratchDatabase.current.pool

    private func preparedCount(_ session: Session) throws(PostgresError) -> Int? {
        try session.first("SELECT count(*) FROM pg_prepared_statements WHERE NOT from_sql")?.decode(Int.self)
    }

    @Test func `statements that differ in a letter or in where a value stands are told apart`() {
        var cache = StatementCache(capacity: 4)
        let queries: [Query] = [
            "SELECT \(1) + 1", "SELECT \(1) + 2", "SELECT 1 + \(1)", "SELECT \("1") + 1",
        ]
        let names = queries.map { cache.insert(StatementCache.Key($0)).name }
        #expect(Set(names).count == 4)
        #expect(queries.map { cache.name(for: StatementCache.Key($0)) } == names)
    }

    @Test func `the same text with other values is prepared once`() async throws {
        let counts = try await pool.withSession { session throws(PostgresError) in
            let before = try preparedCount(session)
            for value in 0..<50 { _ = try session.query("SELECT \(value)") }
            return [before, try preparedCount(session)]
        }
        #expect(counts == [1, 2])
    }

    @Test func `the same text with another type is another statement`() async throws {
        let values = try await pool.withSession { session throws(PostgresError) in
            (
                try session.first("SELECT \(1)")?.decode(Int.self),
                try session.first("SELECT \("1")")?.decode(String.self),
                try session.first("SELECT \(2)")?.decode(Int.self)
            )
        }
        #expect(values == (1, "1", 2))
    }

    @Test func `the least recently used statements make room`() async throws {
        let counts = try await pool.withSession { session throws(PostgresError) in
            for number in 0..<600 {
                _ = try session.query("SELECT \(unescaped: "\(number)")")
                _ = try session.query("SELECT 'often'")
            }
            let often = try session.first(
                "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT ''often'''"
            )
            return [try preparedCount(session), try often?.decode(Int.self)]
        }
        #expect(counts == [256, 1])
    }

    @Test func `one pipeline may hold more statements than are kept`() async throws {
        let values = try await pool.withSession { session throws(PostgresError) -> [Int] in
            var values: [Int] = []
            for _ in 0..<2 {
                for rows in try session.pipeline((0..<400).map { "SELECT \(unescaped: "\($0)::bigint")" }) {
                    values += try rows.decode(Int.self)
                }
            }
            return values
        }
        #expect(values == Array(0..<400) + Array(0..<400))
    }

    private func widen() async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("ALTER TABLE notes ALTER COLUMN id TYPE bigint")
        }
    }

    private func prepareTable() async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.script("CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)")
        }
    }

    @Test func `a statement survives a change of its result's type`() async throws {
        try await prepareTable()
        let pool = pool
        try await pool.withConnection { connection in
            let read: @Sendable (Session) throws(PostgresError) -> Int? = { session throws(PostgresError) in
                try session.first("SELECT id FROM notes")?.decode(Int.self)
            }
            #expect(try await connection.withSession(read) == 1)
            try await widen()
            #expect(try await connection.withSession(read) == 1)
        }
    }

    @Test func `a statement survives as a transaction's first and as a later one`() async throws {
        try await prepareTable()
        let pool = pool
        try await pool.withConnection { connection in
            let readFirst: @Sendable (Session) throws(PostgresError) -> Int? = {
                session throws(PostgresError) in
                try session.first("SELECT id FROM notes")?.decode(Int.self)
            }
            let readLater: @Sendable (Session) throws(PostgresError) -> Int? = {
                session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (2)")
                return try session.first("SELECT sum(id)::bigint + min(id) - min(id) FROM notes")?.decode(
                    Int.self
                )
            }
            #expect(try await connection.transaction(TransactionOptions(), readFirst) == 1)
            #expect(try await connection.transaction(TransactionOptions(isDryRun: true), readLater) == 3)
            try await widen()
            #expect(try await connection.transaction(TransactionOptions(), readFirst) == 1)
            #expect(try await connection.transaction(TransactionOptions(), readLater) == 3)
        }
        let rows = try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT id FROM notes ORDER BY id").decode(Int.self)
        }
        #expect(rows == [1, 2])
    }

    @Test func `a result's type that changes between two statements of a transaction runs its body again`()
        async throws
    {
        try await prepareTable()
        let pool = pool
        try await pool.withConnection { connection in
            try await connection.withSession { session throws(PostgresError) in
                _ = try session.query("SELECT id FROM notes")
            }
            try await widen()
            let ids = try await connection.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (2)")
                return try session.query("SELECT id FROM notes").decode(Int.self)
            }
            #expect(ids == [1, 2])
        }
    }

    @Test func `statements survive being forgotten by the server`() async throws {
        let values = try await pool.withSession { session throws(PostgresError) -> [Int?] in
            var values = [try session.first("SELECT \(1)")?.decode(Int.self)]
            try session.script("DEALLOCATE ALL")
            values.append(try session.first("SELECT \(2)")?.decode(Int.self))
            return values
        }
        #expect(values == [1, 2])
    }
}
