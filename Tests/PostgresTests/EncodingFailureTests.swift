import Postgres
import TestSupport
import Testing

/// What can not be stored is refused before anything is sent.
struct EncodingFailureTests {
    private func failure(_ query: Query) async -> PostgresError? {
        await #expect(throws: PostgresError.self) {
            try await ScratchServer.shared.pool.withSession { session throws(PostgresError) in
                _ = try session.query(query)
            }
        }
    }

    @Test(.scratchDatabase)
    func `after a refusal the connection is as before`() async throws {
        let pool = ScratchDatabase.current.pool
        _ = try? await pool.withSession { session throws(PostgresError) in
            _ = try session.query("SELECT \("\u{0}")")
        }
        try await pool.withSession { session throws(PostgresError) in _ = try session.query("SELECT 1") }
        #expect(pool.statistics.idle == 1)
    }

    @Test func `a text with a NUL character is refused and not quoted`() async throws {
        let error = await failure("SELECT \("secret\u{0}text")")
        #expect(error?.code == .encoding)
        #expect(error?.message.contains("NUL") == true)
        #expect(error?.statement == "SELECT $1")
        #expect(String(reflecting: error).contains("secret") == false)
    }

    @Test func `a NUL character inside an array is refused`() async {
        #expect(await failure("SELECT \(["a", "b\u{0}"])")?.code == .encoding)
    }

    @Test func `JSON text that is not UTF-8 is refused`() async {
        #expect(await failure("SELECT \(JSONText(bytes: [0x22, 0xff, 0x22]))")?.code == .encoding)
    }

    @Test(arguments: [Int64.min, Int64.min + 1_000_000])
    func `a time before the beginning of time is refused`(value: Int64) async {
        #expect(await failure("SELECT \(Timestamp(microsecondsSinceEpoch: value))")?.code == .encoding)
    }

    @Test func `a time before PostgreSQL's calendar is the server's error`() async {
        let error = await failure("SELECT \(Timestamp(microsecondsSinceEpoch: -1_000_000_000_000_000_000))")
        #expect(error?.sqlState == SQLState("22008"))
    }

    @Test func `an array of arrays is refused`() async {
        #expect(await failure("SELECT \([[1]])")?.code == .encoding)
    }

    @Test(.scratchDatabase)
    func `nothing of a pipeline runs if one value can not be encoded`() async throws {
        let pool = ScratchDatabase.current.pool
        try await pool.withSession { session throws(PostgresError) in
            try session.execute("CREATE TABLE notes (text text)")
        }
        await #expect(throws: PostgresError.self) {
            try await pool.withSession { session throws(PostgresError) in
                _ = try session.pipeline([
                    "INSERT INTO notes VALUES (\("a"))", "INSERT INTO notes VALUES (\("\u{0}"))",
                ])
            }
        }
        let count = try await pool.withSession { session throws(PostgresError) in
            try session.first("SELECT count(*) FROM notes")?.decode(Int.self)
        }
        #expect(count == 0)
    }
}
