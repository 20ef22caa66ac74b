import Leaderboards
package import Postgres

/// One entry of the audit.
package struct AuditID: Identifier, StoredAs {
    package typealias Stored = Int64
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// One change by hand, for the record.
package struct AuditEntry: Sendable {
    package let actor: String
    package let action: String
    package let subject: String
    package let reason: String?
    /// JSON of what stood before; nil when there was nothing.
    package let before: String?
    /// JSON of what stands now; nil when there is nothing.
    package let after: String?
    /// The entry that this change takes back.
    package let undoes: AuditID?

    /// Describes a change.
    ///
    /// - Parameters:
    ///   - action: What was done, for example `game.set`.
    ///   - subject: What was changed, by the name that people use.
    ///   - reason: Why, if it was said.
    ///   - before: JSON of what stood before.
    ///   - after: JSON of what stands now.
    ///   - undoes: The entry that this change takes back, if it does.
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

extension Session {
    /// Records a change, in the transaction that makes it.
    ///
    /// - Returns: Its number in the audit.
    @discardableResult
    package func writeAudit(_ entry: AuditEntry) throws(PostgresError) -> AuditID {
        let row = try first(
            """
            INSERT INTO audit (actor, action, subject, reason, before, after, undoes)
            VALUES (\(entry.actor), \(entry.action), \(entry.subject), \(entry.reason),
                    CAST(\(entry.before) AS jsonb), CAST(\(entry.after) AS jsonb), \(entry.undoes))
            RETURNING audit_id
            """
        )
        guard let row else { throw PostgresError(.decoding, "INSERT INTO audit returned no row") }
        return try row.decode(AuditID.self)
    }
}
