import Storage

/// What the audit is to say of a change beside what it changed.
struct AuditNote: Sendable {
    let actor: String
    let action: String
    let reason: String?
    /// The entry that the change takes back.
    var undoes: AuditID?

    /// The whole entry.
    ///
    /// - Parameters:
    ///   - subject: What was changed, by the name that people use.
    ///   - before: JSON of what stood before; nil when there was nothing.
    ///   - after: JSON of what stands now; nil when there is nothing.
    func entry(on subject: String, before: String?, after: String?) -> AuditEntry {
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
