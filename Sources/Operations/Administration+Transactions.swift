import Postgres
import Storage
import Synchronization

/// Carries errors of other kinds out of a transaction, whose body knows only those of the database.
final class ErrorCarrier: Sendable {
    private let failure = Mutex<(any Error)?>(nil)

    /// Does what may fail in its own way, which then ends the transaction.
    func run<Value>(_ body: () throws -> Value) throws(PostgresError) -> Value {
        do { return try body() } catch let error as PostgresError { throw error } catch {
            failure.withLock { $0 = error }
            throw PostgresError(.rolledBack, "\(error)")
        }
    }

    /// Why a transaction ended that threw an error.
    fileprivate func reason(of error: PostgresError) -> any Error {
        failure.withLock { $0 } ?? OperationError.database(error)
    }
}

extension Administration {
    /// Does something in one transaction; whatever the body throws, nothing of it remains.
    func transaction<Value: Sendable>(
        _ options: TransactionOptions = TransactionOptions(),
        _ body: @escaping @Sendable (Session) throws -> Value
    ) async throws(OperationError) -> Value {
        do { return try await carrying(options) { session, _ in try body(session) } } catch {
            throw error as? OperationError ?? .database(PostgresError(.rolledBack, "\(error)"))
        }
    }

    /// As ``transaction(_:_:)``, with what else fails in the body, such as reading a file.
    func carrying<Value: Sendable>(
        _ options: TransactionOptions,
        _ body: @escaping @Sendable (Session, ErrorCarrier) throws -> Value
    ) async throws -> Value {
        let carrier = ErrorCarrier()
        do throws(PostgresError) {
            return try await pool.transaction(options) { session throws(PostgresError) in
                try carrier.run { try body(session, carrier) }
            }
        } catch { throw carrier.reason(of: error) }
    }

    /// Changes something on terms: where they are not met, nothing of it remains.
    func guarded(
        _ terms: ChangeTerms,
        _ body: @escaping @Sendable (Session) throws -> OperationChange
    ) async throws(OperationError) -> OperationChange {
        try await transaction(.rebuilding(isDryRun: terms.isDryRun)) { session in
            let change = try body(session)
            if let objection = terms.objection(to: change) { throw objection }
            return change
        }
    }

    func reading<Value: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> Value
    ) async throws(OperationError) -> Value {
        do { return try await pool.withSession(body) } catch { throw .database(error) }
    }

    /// Reads from what may be many rows.
    func scanning<Value: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> Value
    ) async throws(OperationError) -> Value {
        do {
            return try await pool.transaction(TransactionOptions(statementTimeout: .seconds(60))) {
                session throws(PostgresError) in
                try session.planForManyRows(memory: 32)
                return try body(session)
            }
        } catch { throw .database(error) }
    }

    func note(_ action: String, _ reason: String?, undoing entry: AuditID? = nil) -> AuditNote {
        AuditNote(actor: actor, action: action, reason: reason, undoes: entry)
    }
}
