import Postgres
import TestSupport
import Testing

/// The engine applies each migration once, in order, and notices when files and database part.
@Suite(.scratchDatabase)
struct MigrationEngineTests {
    private let pool = ScratchDatabase.current.pool
    private let games = Migration(number: 1, name: "games", sql: "CREATE TABLE games (id int); -- ø\n")
    private let scores = Migration(
        number: 2,
        name: "scores",
        sql: "CREATE TABLE scores (id int);\nSELECT 1;"
    )
    private let boards = Migration(number: 4, name: "boards", sql: "CREATE TABLE boards (id int)")

    private func apply(_ migrations: [Migration], isDryRun: Bool = false) async throws -> [Int] {
        try await MigrationEngine(migrations).apply(pool, isDryRun: isDryRun).map(\.number)
    }

    private func status(_ migrations: [Migration]) async throws -> [MigrationState] {
        let engine = try MigrationEngine(migrations)
        return try await pool.withSession { session throws(PostgresError) in try engine.status(session) }
    }

    private func hasTable(_ name: String) async throws -> Bool? {
        try await pool.withSession { session throws(PostgresError) in
            try session.first("SELECT to_regclass(\(name)) IS NOT NULL")?.decode(Bool.self)
        }
    }

    @Test func `everything pending is applied, once`() async throws {
        #expect(try await apply([games, scores]) == [1, 2])
        #expect(try await apply([games, scores]) == [])
        #expect(try await apply([games, scores, boards]) == [4])
        #expect(try await hasTable("boards") == true)
        #expect(try await status([games, scores, boards]).isCurrent)
    }

    @Test func `an empty database has everything pending and is not touched by looking`() async throws {
        let states = try await status([games, scores])
        #expect(states.map(\.condition) == [.pending, .pending])
        #expect(states.isCurrent == false)
        #expect(try await hasTable("schema_migrations") == false)
    }

    @Test func `a dry run says what it would do and does nothing`() async throws {
        #expect(try await apply([games, scores], isDryRun: true) == [1, 2])
        #expect(try await hasTable("games") == false)
        #expect(try await hasTable("schema_migrations") == false)
    }

    @Test func `a failing script leaves nothing of itself and keeps those before it`() async throws {
        let broken = Migration(
            number: 2,
            name: "broken",
            sql: "CREATE TABLE half (id int);\nSELECT 1;\nSELECT nonsense;"
        )
        let error = await #expect(throws: PostgresError.self) {
            _ = try await apply([games, broken, boards])
        }
        #expect(error?.sqlState == .undefinedColumn)
        #expect(error?.message.hasPrefix("migration 2 \"broken\": line 3: ") == true)
        #expect(try await hasTable("games") == true)
        #expect(try await hasTable("half") == false)
        #expect(try await hasTable("boards") == false)
        #expect(try await status([games, scores]).map(\.condition).last == .pending)
    }

    @Test(arguments: ["COMMIT", "CREATE TABLE half (id int); ROLLBACK"])
    func `a script that ends the transaction is refused`(sql: String) async throws {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await apply([Migration(number: 1, name: "rude", sql: sql)])
        }
        #expect(error?.code == .migration)
        #expect(error?.message.contains("COMMIT or ROLLBACK") == true)
    }

    @Test func `a changed script is an error`() async throws {
        _ = try await apply([games])
        let changed = Migration(number: 1, name: "games", sql: "CREATE TABLE games (id bigint)")
        let error = await #expect(throws: PostgresError.self) { _ = try await apply([changed, scores]) }
        #expect(error?.code == .migration)
        #expect(error?.message.contains("migration 1 \"games\" was changed") == true)
        #expect(try await hasTable("scores") == false)
        #expect(try await status([changed]).isCurrent == false)
    }

    @Test func `a database with another baseline is of an older program, whatever else it holds`()
        async throws
    {
        _ = try await apply([games, scores, boards])
        let baseline = Migration(
            number: 1,
            name: "baseline",
            sql: "CREATE TABLE all_at_once ()",
            isBaseline: true
        )
        for isDryRun in [true, false] {
            let error = await #expect(throws: PostgresError.self) {
                _ = try await apply([baseline], isDryRun: isDryRun)
            }
            #expect(error?.code == .migration)
            #expect(error?.message.contains("older 0.x") == true)
            #expect(error?.message.contains("Export with the older program") == true)
        }
        #expect(try await hasTable("all_at_once") == false)
        let states = try await status([baseline])
        #expect(!states.isCurrent && !states.isAhead)
    }

    @Test func `a script that was applied and is gone is an error`() async throws {
        _ = try await apply([games, scores])
        let error = await #expect(throws: PostgresError.self) { _ = try await apply([games, boards]) }
        #expect(error?.message.contains("migration 2 \"scores\" was applied, but this program") == true)
    }

    @Test func `a script with a number before an applied one is an error`() async throws {
        _ = try await apply([games, boards])
        let error = await #expect(throws: PostgresError.self) {
            _ = try await apply([games, scores, boards])
        }
        #expect(error?.message.contains("migration 2 \"scores\" was not applied before later ones") == true)
    }

    @Test func `a database of a newer program is ahead and fits`() async throws {
        _ = try await apply([games, scores])
        let states = try await status([games])
        #expect(states.isAhead)
        #expect(states.isCurrent)
        #expect(try await apply([games]) == [])
        #expect(try await status([games, scores]).isAhead == false)
    }

    @Test func `processes that migrate at the same time apply each script once`() async throws {
        let migrations = (1...5).map {
            Migration(number: $0, name: "step", sql: "CREATE TABLE t\($0) (id int)")
        }
        let applied = try await withThrowingTaskGroup { group in
            for _ in 0..<4 { group.addTask { try await apply(migrations) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(applied.sorted() == [1, 2, 3, 4, 5])
    }

    @Test func `tables of a build that had them in public are told of, and nothing is made beside them`()
        async throws
    {
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                "CREATE TABLE public.schema_migrations (number bigint, name text, checksum bytea, applied_at timestamptz)"
            )
        }
        for isDryRun in [true, false] {
            let error = await #expect(throws: PostgresError.self) {
                _ = try await apply([games], isDryRun: isDryRun)
            }
            #expect(error?.code == .migration)
            #expect(error?.message.contains("older build") == true)
        }
        #expect(try await hasTable("schema_migrations") == false)
        // Others have a table of that name, too.
        try await pool.withSession { session throws(PostgresError) in
            try session.script(
                "DROP TABLE public.schema_migrations; CREATE TABLE public.schema_migrations (version text)"
            )
        }
        #expect(try await apply([games]) == [1])
    }

    @Test(arguments: [[2, 1], [1, 1], [0], [-1]])
    func `numbers must ascend from one`(numbers: [Int]) {
        let error = #expect(throws: PostgresError.self) {
            try MigrationEngine(numbers.map { Migration(number: $0, name: "x", sql: "") })
        }
        #expect(error?.code == .migration)
    }
}
