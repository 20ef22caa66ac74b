package import Leaderboards
package import Postgres

package struct AuditID: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// One change by hand, for the record.
package struct AuditEntry: Sendable {
    package let actor: String
    /// What was done, for example `game.set`.
    package let action: String
    /// What was changed, by the name that people use.
    package let subject: String
    package let reason: String?
    /// JSON; nil when there was nothing.
    package let before: String?
    /// JSON; nil when there is nothing.
    package let after: String?
    /// The entry that this change takes back.
    package let undoes: AuditID?

    package init(
        actor: String,
        action: String,
        subject: String,
        reason: String?,
        before: String?,
        after: String?,
        undoes: AuditID? = nil
    ) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.reason = reason
        self.before = before
        self.after = after
        self.undoes = undoes
    }
}

/// Which entries of the audit are meant; what is nil does not matter.
package struct AuditFilter: Hashable, Sendable {
    package var actor: String?
    /// An action such as `game.set`, or the noun of several, such as `game`.
    package var action: String?
    /// A part of the subject.
    package var subject: String?
    package var since: Instant?
    package var until: Instant?

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
    package let before: JSONText?
    package let after: JSONText?
    /// The entry that this one took back.
    package let undoes: AuditID?
    /// The entry that took this one back.
    package let undoneBy: AuditID?

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

    fileprivate static let select = """
        SELECT a.audit_id, a.at, a.actor, a.action, a.subject, a.reason, a.before::json, a.after::json, a.undoes,
               u.audit_id
        FROM audit a LEFT JOIN audit u ON u.undoes = a.audit_id
        """
}

extension Statement where Value == AuditID {
    /// Records a change, in the transaction that makes it.
    package static func auditInsert(_ entry: AuditEntry) -> Self {
        Self(
            cell: """
                INSERT INTO audit (actor, action, subject, reason, before, after, undoes)
                VALUES (\(entry.actor), \(entry.action), \(entry.subject), \(entry.reason),
                        CAST(\(entry.before) AS jsonb), CAST(\(entry.after) AS jsonb), \(entry.undoes))
                RETURNING audit_id
                """
        )
    }
}

extension Statement where Value == [AuditRecord] {
    /// Changes by hand, the latest first.
    package static func auditList(_ filter: AuditFilter, limit: Int) -> Self {
        Self(
            each: """
                \(unescaped: AuditRecord.select)
                WHERE true
                  \(and: "a.actor =", filter.actor)
                  \(and: "", filter.action, " IN (a.action, split_part(a.action, '.', 1))")
                  \(and: "position(", filter.subject, " IN a.subject) > 0")
                  \(and: "a.at >=", filter.since)
                  \(and: "a.at <", filter.until)
                ORDER BY a.audit_id DESC
                LIMIT \(Int64(limit))
                """,
            AuditRecord.init
        )
    }
}

extension Statement where Value == AuditRecord? {
    package static func auditGet(_ id: AuditID) -> Self {
        Self(first: "\(unescaped: AuditRecord.select) WHERE a.audit_id = \(id)", AuditRecord.init)
    }
}
