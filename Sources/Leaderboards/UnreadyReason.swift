/// Why the service cannot do all of its work.
package struct UnreadyReason: Hashable, Sendable {
    /// What is wrong, for programs; for example `database_unavailable`.
    package let code: String
    /// What is wrong and what to do, for operators: it may name hosts, roles and bots, and holds no secret.
    package let detail: String
    /// Whether no traffic should come here; otherwise the service is only degraded.
    package let isFatal: Bool

    package init(code: String, detail: String, isFatal: Bool) {
        self.code = code
        self.detail = detail
        self.isFatal = isFatal
    }

    /// What everybody may know of it: the code in words, and nothing of what it is about.
    package var words: String {
        code.split(separator: "_").joined(separator: " ") + "; the service's log says more"
    }
}
