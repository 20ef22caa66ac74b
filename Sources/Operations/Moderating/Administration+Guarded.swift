import Postgres
import Storage
import Synchronization

/// Why a transaction was given up; its own error only says that it was.
private final class Objection: Sendable {
    let error = Mutex<AdministrationError?>(nil)
}

extension Administration {
    /// Changes something in one transaction, of which nothing remains unless the terms are met.
    ///
    /// - Parameter body: Makes the change; on failure nothing of it remains.
    /// - Throws: ``AdministrationError``.
    func guarded(
        _ terms: ChangeTerms,
        _ body:
            @escaping @Sendable (Session) throws(PostgresError) -> Result<
                ModerationChange, AdministrationError
            >
    ) async throws(AdministrationError) -> ModerationChange {
        let objection = Objection()
        do throws(PostgresError) {
            return try await pool.transaction(.rebuilding(isDryRun: terms.isDryRun)) {
                session throws(PostgresError) in
                let error: AdministrationError
                switch try body(session) {
                case .failure(let failure): error = failure
                case .success(let change):
                    guard let reason = terms.objection(to: change) else { return change }
                    error = reason
                }
                objection.error.withLock { $0 = error }
                // Whatever was written is rolled back.
                throw PostgresError(.rolledBack, error.description)
            }
        } catch {
            if let reason = objection.error.withLock({ $0 }) { throw reason }
            throw .database(error)
        }
    }

    func note(_ action: String, _ terms: ChangeTerms, undoing entry: AuditID? = nil) -> AuditNote {
        AuditNote(actor: actor, action: action, reason: terms.reason, undoes: entry)
    }
}
