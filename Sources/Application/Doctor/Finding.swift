/// One line of what the doctor found.
package struct Finding: Hashable, Sendable {
    /// What a finding asks of the operator.
    package enum Verdict: String, Sendable {
        case ok
        /// Something to know that asks for nothing.
        case warning
        /// Something to put right; the detail says what.
        case problem
        /// Something that may pass by itself.
        case temporary
    }

    package let verdict: Verdict
    /// What was looked at.
    package let subject: String
    /// What is there, or what to do.
    package let detail: String

    package init(_ verdict: Verdict, _ subject: String, _ detail: String) {
        self.verdict = verdict
        self.subject = subject
        self.detail = detail
    }
}
