package import Storage
import Postgres

extension Administration {
    /// Lists changes by hand, the latest first.
    package func audit(_ filter: AuditFilter, limit: Int) async throws(OperationError) -> [AuditRecord] {
        try await scanning { session throws(PostgresError) in
            try session.run(.auditList(filter, limit: limit))
        }
    }

    /// Finds an entry of the audit.
    package func auditEntry(_ id: AuditID) async throws(OperationError) -> AuditRecord {
        let found = try await reading { session throws(PostgresError) in try session.run(.auditGet(id)) }
        guard let found else { throw .unknownEntry(id) }
        return found
    }

    /// Takes a change back, as long as what it changed is as the change left it.
    ///
    /// The undoing is an entry of the audit itself and can be undone.
    package func undo(
        _ id: AuditID,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        do {
            return try await guarded(terms) { session in
                guard let entry = try session.run(.auditGet(id)) else {
                    throw OperationError.unknownEntry(id)
                }
                if let later = entry.undoneBy {
                    throw OperationError.conflict(
                        "entry \(id) was undone already; 'highscores audit undo \(later)' undoes the undoing"
                    )
                }
                return try Undoing(entry, in: session) { note($0, terms.reason, undoing: id) }.carryOut()
            }
        } catch {
            // Somebody else undid it at the same moment.
            guard case .database(let reason) = error, reason.constraint == "audit_undone_once" else {
                throw error
            }
            throw .conflict("entry \(id) was undone at this moment by somebody else")
        }
    }
}

extension OperationError {
    fileprivate static func unknownEntry(_ id: AuditID) -> Self {
        .notFound("the audit has no entry \(id); 'highscores audit list' shows those there are")
    }
}
