package import Leaderboards
package import Postgres

/// Which entries of the audit are meant; what is nil does not matter.
package struct AuditFilter: Hashable, Sendable {
    package var actor: String?
    /// An action such as `game.set`, or the noun of several, such as `game`.
    package var action: String?
    /// A part of the subject.
    package var subject: String?
    package var since: Instant?

    package init() {}
}

/// One change by hand, as it is on record.
package struct AuditRecord: Hashable, Sendable {
    package let id: AuditID
    package let at: Instant
    package let actor: String
    package let action: String
    package let subject: String
    package let reason: String?
    /// What stood before; nil when there was nothing.
    package let before: JSONText?
    /// What stood afterwards; nil when there was nothing.
    package let after: JSONText?
    /// The entry that this one took back.
    package let undoes: AuditID?
    /// The entry that took this one back.
    package let undoneBy: AuditID?
}

extension Session {
    /// Lists changes by hand, the latest first.
    package func auditRecords(_ filter: AuditFilter, limit: Int) throws(PostgresError) -> [AuditRecord] {
        try query(
            """
            \(unescaped: Self.selectAudit)
            WHERE true
              \(and: "a.actor =", filter.actor)
              \(and: "", filter.action, " IN (a.action, split_part(a.action, '.', 1))")
              \(and: "position(", filter.subject, " IN a.subject) > 0")
              \(and: "a.at >=", filter.since)
            ORDER BY a.audit_id DESC
            LIMIT \(Int64(limit))
            """
        ).map { row throws(PostgresError) in try AuditRecord(row) }
    }

    /// Reads an entry of the audit.
    ///
    /// - Returns: The entry; nil when there is none.
    package func auditRecord(_ id: AuditID) throws(PostgresError) -> AuditRecord? {
        try first("\(unescaped: Self.selectAudit) WHERE a.audit_id = \(id)").map {
            row throws(PostgresError) in try AuditRecord(row)
        }
    }

    private static let selectAudit = """
        SELECT a.audit_id, a.at, a.actor, a.action, a.subject, a.reason, a.before::json, a.after::json, a.undoes,
               u.audit_id
        FROM audit a LEFT JOIN audit u ON u.undoes = a.audit_id
        """
}

extension AuditRecord {
    fileprivate init(_ row: Row) throws(PostgresError) {
        (id, at, actor, action, subject, reason, before, after, undoes, undoneBy) = try row.decode(
            AuditID.self,
            Instant.self,
            String.self,
            String.self,
            String.self,
            String?.self,
            JSONText?.self,
            JSONText?.self,
            AuditID?.self,
            AuditID?.self
        )
    }
}
