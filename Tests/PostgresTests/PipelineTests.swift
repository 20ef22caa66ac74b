import Postgres
import TestSupport
import Testing

/// Statements sent together answer in order, and fail together.
@Suite(.scratchDatabase)
struct PipelineTests {
    private let pool = ScratchDatabase.current.pool

    private func prepareTable() async throws {
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("CREATE TABLE notes (id bigint PRIMARY KEY, text text)")
        }
    }

    private func ids() async throws -> [Int] {
        try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT id FROM notes ORDER BY id").decode(Int.self)
        }
    }

    @Test func `results come in the order of the statements`() async throws {
        let values = try await pool.withSession { session throws(PostgresError) in
            try session.pipeline([
                "SELECT \(1)", "SELECT \("two")", "SELECT \(3)", "SELECT n FROM generate_series(1, 3) AS n",
            ])
        }
        #expect(values.count == 4)
        #expect(try values[0][0].decode(Int.self) == 1)
        #expect(try values[1][0].decode(String.self) == "two")
        #expect(try values[2][0].decode(Int.self) == 3)
        #expect(try values[3].decode(Int.self) == [1, 2, 3])
    }

    @Test func `an empty pipeline is nothing`() async throws {
        #expect(
            try await pool.withSession { session throws(PostgresError) in try session.pipeline([]) }.isEmpty
        )
    }

    @Test func `more data than all buffers hold passes in both directions`() async throws {
        let text = String(repeating: "x", count: 20_000)
        let sizes = try await pool.withSession { session throws(PostgresError) -> [Int] in
            let results = try session.pipeline((0..<2000).map { "SELECT \($0), \(text)" })
            var sizes: [Int] = []
            for (index, rows) in results.enumerated() {
                let (number, text) = try rows[0].decode(Int.self, String.self)
                sizes.append(number == index ? text.utf8.count : -1)
            }
            return sizes
        }
        #expect(sizes == Array(repeating: 20_000, count: 2000))
    }

    @Test func `an error in the middle is reported and undoes the statements before it`() async throws {
        try await prepareTable()
        let error = await #expect(throws: PostgresError.self) {
            try await pool.withSession { session throws(PostgresError) in
                try session.pipeline([
                    "INSERT INTO notes VALUES (\(1), 'a')",
                    "INSERT INTO notes VALUES (\(1), 'twice')",
                    "SELECT 1 / 0",
                    "INSERT INTO notes VALUES (\(2), 'b')",
                ])
            }
        }
        #expect(error?.sqlState == .uniqueViolation)
        #expect(error?.statement == "INSERT INTO notes VALUES ($1, 'twice')")
        #expect(try await ids() == [])
        #expect(pool.statistics.idle == 1)
    }

    @Test func `the statements after an error can be prepared later`() async throws {
        try await prepareTable()
        try await pool.withSession { session throws(PostgresError) in
            _ = try? session.pipeline(["SELECT 1 / 0", "INSERT INTO notes VALUES (\(1), 'a')"])
            _ = try session.pipeline(["INSERT INTO notes VALUES (\(1), 'a')"])
        }
        #expect(try await ids() == [1])
    }

    @Test func `an error in a transaction's pipeline undoes the whole transaction`() async throws {
        try await prepareTable()
        await #expect(throws: PostgresError.self) {
            try await pool.transaction { session throws(PostgresError) in
                try session.execute("INSERT INTO notes VALUES (1, 'a')")
                _ = try session.pipeline(["INSERT INTO notes VALUES (2, 'b')", "SELECT 1 / 0"])
            }
        }
        #expect(try await ids() == [])
    }

    @Test func `a pipeline in a transaction takes effect with it`() async throws {
        try await prepareTable()
        try await pool.transaction { session throws(PostgresError) in
            _ = try session.pipeline((1...100).map { "INSERT INTO notes VALUES (\($0), 'x')" })
        }
        #expect(try await ids() == Array(1...100))
    }
}
