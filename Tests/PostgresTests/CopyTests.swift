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
}
