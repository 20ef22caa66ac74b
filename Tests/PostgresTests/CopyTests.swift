import Postgres
import TestSupport
import Testing

/// COPY brings rows in, and leaves the connection as it was whatever happens.
@Suite(.scratchDatabase) struct CopyTests {
    private static func makeTable(_ session: Session) throws(PostgresError) {
        try session.script(
            "CREATE TEMPORARY TABLE IF NOT EXISTS things (number bigint NOT NULL, name text, at timestamptz)"
        )
    }

    @Test func `rows arrive as they were given, however many`() async throws {
        let row = try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            try Self.makeTable(session)
            let count = try session.copy(into: "things (number, name, at)") { writer throws(PostgresError) in
                for number in 0..<20_000 as Range<Int64> {
                    let name: String? = number % 3 == 0 ? nil : "Zoë \t\n\\. \(number)"
                    try writer.append(number, name, Timestamp(microsecondsSinceEpoch: number * 1_000_000))
                }
            }
            #expect(count == 20_000)
            return try session.first(
                "SELECT count(*), count(name), min(name), max(at) FROM things WHERE number <> 1"
            )
        }
        let (all, named, first, last) = try #require(row).decode(
            Int64.self,
            Int64.self,
            String.self,
            Timestamp.self
        )
        #expect(all == 19_999 && named == 13_332 && first == "Zoë \t\n\\. 10")
        #expect(last.microsecondsSinceEpoch == 19_999_000_000)
    }

    @Test func `none is a number of rows, too`() async throws {
        try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            try Self.makeTable(session)
            #expect(try session.copy(into: "things (number)") { _ throws(PostgresError) in } == 0)
        }
    }

    @Test func `a refused row is told, and the connection goes on`() async throws {
        try await ScratchDatabase.current.pool.withConnection { connection in
            await #expect(throws: PostgresError.self) {
                try await connection.transaction { session throws(PostgresError) in
                    try Self.makeTable(session)
                    try session.copy(into: "things (number)") { writer throws(PostgresError) in
                        try writer.append(Int64?.none)
                    }
                }
            }
            await #expect(throws: PostgresError.self) {
                try await connection.transaction { session throws(PostgresError) in
                    try session.copy(into: "nowhere (number)") { _ throws(PostgresError) in }
                }
            }
            let error = await #expect(throws: PostgresError.self) {
                try await connection.transaction { session throws(PostgresError) in
                    try Self.makeTable(session)
                    try session.copy(into: "things (number, name)") { writer throws(PostgresError) in
                        try writer.append(Int64(1), "one")
                        try writer.append(Int64(2), "NUL \0")
                    }
                }
            }
            #expect(error?.code == .encoding)
            let answer = try await connection.withSession { session throws(PostgresError) in
                try session.first("SELECT 1::bigint")?.decode(Int64.self)
            }
            #expect(answer == 1)
        }
    }

    @Test func `text goes out line by line and comes in again, cut anywhere`() async throws {
        let pool = ScratchDatabase.current.pool
        try await pool.transaction { session throws(PostgresError) in
            try Self.makeTable(session)
            try session.script(
                """
                INSERT INTO things SELECT n, CASE n % 3 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE E'Zoë\\t\\n\\\\. ' || n END, now()
                FROM generate_series(1, 20000) AS n;
                CREATE TEMPORARY TABLE copies (LIKE things)
                """
            )
            var text: [UInt8] = []
            var portions = 0
            let count = try session.copy(query: "SELECT * FROM things ORDER BY number") {
                lines throws(PostgresError) in
                #expect(lines.last == UInt8(ascii: "\n"))
                text += lines
                portions += 1
            }
            #expect(count == 20_000 && portions > 1)
            #expect(text.count { $0 == UInt8(ascii: "\n") } == 20_000)
            var rest = text[...]
            let taken = try session.copy(text: "copies") { () throws(PostgresError) in
                defer { rest = rest.dropFirst(777) }
                return rest.isEmpty ? nil : Array(rest.prefix(777))
            }
            #expect(taken == 20_000)
            let difference = try session.query("TABLE things EXCEPT TABLE copies")
            #expect(difference.isEmpty)
            #expect(try session.copy(query: "SELECT 1 WHERE false") { _ throws(PostgresError) in } == 0)
        }
    }

    @Test func `a reader that has enough, and a query that fails, spoil nothing but their transaction`()
        async throws
    {
        let pool = ScratchDatabase.current.pool
        for query in [
            "SELECT generate_series(1, 10000000)", "SELECT nothing",
            "SELECT 1 / (5 - n) FROM generate_series(1, 9) n",
        ] {
            let error = await #expect(throws: PostgresError.self) {
                try await pool.transaction { session throws(PostgresError) in
                    _ = try session.copy(query: query) { _ throws(PostgresError) in
                        throw PostgresError(.cancelled, "enough")
                    }
                }
            }
            #expect(error != nil, "\(query)")
            let answer = try await pool.withSession { session throws(PostgresError) in
                try session.first("SELECT 1::bigint")?.decode(Int64.self)
            }
            #expect(answer == 1)
        }
    }
}
