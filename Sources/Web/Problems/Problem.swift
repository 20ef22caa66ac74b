/// A refusal of one request, on its way to becoming a problem document (RFC 9457).
package struct Problem: Error, Hashable, Sendable {
    package let code: ProblemCode
    /// What is particular about this occurrence; never holds a token, a name or anything else that was sent in secret.
    package let detail: String
    /// Whole seconds after which a repetition makes sense.
    package let retryAfter: Int?
    /// The methods that the address takes, for `405`.
    package let allow: String?

    package init(_ code: ProblemCode, _ detail: String, retryAfter: Int? = nil, allow: String? = nil) {
        self.code = code
        self.detail = detail
        self.retryAfter = retryAfter
        self.allow = allow
    }
}
