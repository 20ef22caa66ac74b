/// Who changes something and why, for the audit, which learns what was changed when that is known.
package struct AuditNote: Sendable {
    package let actor: String
    package let action: String
    package let reason: String?
    /// The entry that the change takes back.
    package let undoes: AuditID?

    package init(actor: String, action: String, reason: String?, undoes: AuditID? = nil) {
        self.actor = actor
        self.action = action
        self.reason = reason
        self.undoes = undoes
    }

    /// The whole entry.
    ///
    /// - Parameter subject: What was changed, by the name that people use.
    package func entry(on subject: String, before: String?, after: String?) -> AuditEntry {
        AuditEntry(
            actor: actor,
            action: action,
            subject: subject,
            reason: reason,
            before: before,
            after: after,
            undoes: undoes
        )
    }
}
