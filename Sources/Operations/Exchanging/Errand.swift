import Postgres
import Synchronization

/// Carries errors of other kinds out of a transaction, whose body knows only those of the database.
final class Errand: Sendable {
    private let failure = Mutex<(any Error)?>(nil)

    /// Does what may fail in its own way, within a transaction.
    ///
    /// - Throws: The body's error where it is one of the database, else one that ends the transaction.
    func run<Value>(_ body: () throws -> Value) throws(PostgresError) -> Value {
        do { return try body() } catch let error as PostgresError { throw error } catch {
            failure.withLock { $0 = error }
            throw PostgresError(.rolledBack, "given up")
        }
    }

    /// Runs a transaction, and tells why it ended.
    ///
    /// - Throws: What ``run(_:)`` had carried, else ``AdministrationError/database(_:)``.
    func telling<Value>(_ body: () async throws(PostgresError) -> Value) async throws -> Value {
        do throws(PostgresError) { return try await body() } catch {
            throw failure.withLock { $0 } ?? AdministrationError.database(error)
        }
    }
}
