import Postgres
import TestSupport
import Testing

/// Rows decode into tuples, and say what does not fit.
struct RowTests {
    private func rows(_ query: Query) async throws -> Rows {
        try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
            try session.query(query)
        }
    }

    @Test func `rows decode by position into the types asked for`() async throws {
        let rows = try await rows(
            "SELECT n, 'name ' || n, CASE WHEN n > 1 THEN n * 0.5::float8 END FROM generate_series(1, 3) AS n"
        )
        let values = try rows.decode(Int32.self, String.self, Double?.self)
        #expect(values.map(\.0) == [1, 2, 3])
        #expect(values.map(\.1) == ["name 1", "name 2", "name 3"])
        #expect(values.map(\.2) == [nil, 1, 1.5])
    }

    @Test func `rows are a collection`() async throws {
        let rows = try await rows("SELECT n FROM generate_series(1, 4) AS n")
        #expect(rows.count == 4)
        #expect(try rows.last?.decode(Int.self) == 4)
        #expect(try rows.reversed().map { try $0.decode(Int.self) } == [4, 3, 2, 1])
        #expect(try await self.rows("SELECT 1 WHERE false").isEmpty)
    }

    @Test func `a narrower number decodes into a wider one`() async throws {
        let rows = try await rows("SELECT 1::int2, 2::int4, 3::int8, 4::int2")
        let values: (Int, Int64, Int, Int32) = try rows[0].decode(Int.self, Int64.self, Int.self, Int32.self)
        #expect(values == (1, 2, 3, 4))
    }

    @Test func `a wider number does not decode into a narrower one`() async throws {
        let rows = try await rows("SELECT 1::int8 AS score")
        let error = #expect(throws: PostgresError.self) { try rows[0].decode(Int32.self) }
        #expect(error?.code == .decoding)
        #expect(error?.message == "column 1 \"score\": int8 where int4 is expected")
    }

    @Test func `a NULL where a value is expected names the column`() async throws {
        let rows = try await rows("SELECT 1::int8 AS id, NULL::text AS title")
        let error = #expect(throws: PostgresError.self) { try rows[0].decode(Int.self, String.self) }
        #expect(error?.message == "column 2 \"title\": NULL where text is expected")
    }

    @Test func `a NULL inside an array of values is refused`() async throws {
        let rows = try await rows("SELECT ARRAY[1, NULL]::int8[] AS list")
        #expect(throws: PostgresError.self) { try rows[0].decode([Int].self) }
        #expect(try rows[0].decode([Int?].self) == [1, nil])
    }

    @Test func `an array of another type is refused`() async throws {
        let rows = try await rows("SELECT ARRAY['a'] AS list")
        let error = #expect(throws: PostgresError.self) { try rows[0].decode([Int].self) }
        #expect(error?.message == "column 1 \"list\": text[] where int8[] is expected")
    }

    @Test func `an array of more than one dimension is refused`() async throws {
        let rows = try await rows("SELECT ARRAY[[1, 2], [3, 4]]::int8[]")
        #expect(throws: PostgresError.self) { try rows[0].decode([Int].self) }
    }

    @Test func `a wrong number of columns is refused`() async throws {
        let rows = try await rows("SELECT 1, 2")
        let error = #expect(throws: PostgresError.self) { try rows[0].decode(Int.self) }
        #expect(error?.message == "statement returns 2 columns where 1 are expected")
    }

    @Test func `an infinite time is refused`() async throws {
        let rows = try await rows("SELECT 'infinity'::timestamptz, '-infinity'::timestamptz")
        #expect(throws: PostgresError.self) { try rows[0].decode(column: 0, as: Timestamp.self) }
        #expect(throws: PostgresError.self) { try rows[0].decode(column: 1, as: Timestamp.self) }
    }

    @Test(.scratchDatabase) func `a name and a varchar decode as text, a domain as its base type`()
        async throws
    {
        let rows = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.execute("CREATE DOMAIN title AS text")
            return try session.query("SELECT 'a'::name, 'b'::varchar(3), 'c'::title")
        }
        #expect(try rows[0].decode(String.self, String.self, String.self) == ("a", "b", "c"))
    }
}
