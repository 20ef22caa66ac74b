import Foundation
import Migrations
import Postgres
import TestSupport
import Testing

/// The binary carries the files of the folder, and they make a database from nothing.
struct MigrationCatalogueTests {
    private var folder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Migrations")
    }

    private var engine: MigrationEngine {
        get throws {
            try MigrationEngine(
                MigrationCatalogue.files.map { Migration(number: $0.number, name: $0.name, sql: $0.sql) }
            )
        }
    }

    @Test func `every file of the folder is embedded as it is`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".sql")
        }
        let embedded = MigrationCatalogue.baseline.enumerated().map { "M0001_\($0 + 1)_\($1.name).sql" }
        #expect(names.sorted() == embedded)
        for (name, part) in zip(embedded, MigrationCatalogue.baseline) {
            let content = try Data(contentsOf: folder.appendingPathComponent(name))
            #expect(Array(content) == part.sql, "\(name)")
        }
    }

    @Test func `numbers follow one another from 1`() {
        #expect(MigrationCatalogue.files.map(\.number) == Array(1...MigrationCatalogue.files.count))
    }

    @Test(.scratchDatabase) func `all apply to an empty database, once`() async throws {
        let pool = ScratchDatabase.current.pool
        let engine = try engine
        #expect(try await engine.apply(pool).map(\.number) == MigrationCatalogue.files.map(\.number))
        #expect(try await engine.apply(pool).isEmpty)
        let states = try await pool.withSession { session throws(PostgresError) in try engine.status(session)
        }
        #expect(states.isCurrent)
        #expect(states.problem == nil)
    }

    @Test(.scratchDatabase) func `every constraint and index has a name of our own`() async throws {
        let pool = ScratchDatabase.current.pool
        try await engine.apply(pool)
        let unnamed = try await pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT conname::text FROM pg_constraint
                WHERE connamespace = current_schema()::regnamespace AND conname ~ '(_check|_key|_excl)[0-9]*$'
                  AND conrelid <> 'schema_migrations'::regclass
                """
            ).decode(String.self)
        }
        #expect(unnamed.isEmpty)
    }
}
