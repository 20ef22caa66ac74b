import Migrations
package import Postgres

/// The schema that this version of the program works on.
package enum Schema {
    /// The engine that compares a database with the schema and brings it up to date.
    package static func migrations() throws(PostgresError) -> MigrationEngine {
        try MigrationEngine(
            MigrationCatalogue.files.map {
                Migration(number: $0.number, name: $0.name, sql: $0.sql, isBaseline: $0.number == 1)
            }
        )
    }
}
