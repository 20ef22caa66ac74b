/// The answer to a call of a Bot API method.
package struct MethodAnswer: Sendable, Equatable {
    /// The HTTP status, which equals `error_code` for a failure.
    package let status: Int
    /// What the method returned; nil for a failure.
    package let result: Document?
    /// The text beside a result, or what was wrong.
    package let description: String?
    package let migrateTo: Int64?
    /// Seconds to wait, for 429.
    package let retryAfter: Int64?

    /// A success.
    package static func success(_ result: Document, description: String? = nil) -> MethodAnswer {
        MethodAnswer(status: 200, result: result, description: description, migrateTo: nil, retryAfter: nil)
    }

    /// A failure.
    package static func failure(_ error: MethodError) -> MethodAnswer {
        MethodAnswer(
            status: error.code,
            result: nil,
            description: error.description,
            migrateTo: error.migrateTo,
            retryAfter: error.retryAfter
        )
    }

    /// The envelope of the answer.
    package var document: Document {
        guard let result else {
            let hasParameters = migrateTo != nil || retryAfter != nil
            return [
                "ok": false, "error_code": .integer(Int64(status)), "description": .optional(description),
                "parameters": hasParameters
                    ? ["migrate_to_chat_id": .optional(migrateTo), "retry_after": .optional(retryAfter)]
                    : .absent,
            ]
        }
        return ["ok": true, "result": result, "description": .optional(description)]
    }
}

/// Why a method failed, with the text that Telegram uses.
package struct MethodError: Error, Sendable, Equatable {
    package let code: Int
    /// The whole text, its prefix included.
    package let description: String
    package var migrateTo: Int64?
    package var retryAfter: Int64?

    package init(code: Int, description: String, migrateTo: Int64? = nil, retryAfter: Int64? = nil) {
        self.code = code
        self.description = description
        self.migrateTo = migrateTo
        self.retryAfter = retryAfter
    }

    /// An error of any code with the prefix that Telegram puts before its text.
    static func worded(_ code: Int, _ text: String?) -> MethodError {
        let prefixes = [
            400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict",
            413: "Request Entity Too Large", 421: "Misdirected Request", 429: "Too Many Requests",
        ]
        let prefix = prefixes[code] ?? "Bad Request"
        let text = text ?? prefix
        return MethodError(code: code, description: text.hasPrefix(prefix) ? text : "\(prefix): \(text)")
    }

    static func badRequest(_ text: String) -> MethodError {
        MethodError(code: 400, description: "Bad Request: \(text)")
    }

    static func forbidden(_ text: String) -> MethodError {
        MethodError(code: 403, description: "Forbidden: \(text)")
    }

    static func conflict(_ text: String) -> MethodError {
        MethodError(code: 409, description: "Conflict: \(text)")
    }

    /// Too many calls; the seconds are repeated in the text.
    package static func tooMany(retryAfter: Int64) -> MethodError {
        MethodError(
            code: 429,
            description: "Too Many Requests: retry after \(retryAfter)",
            retryAfter: retryAfter
        )
    }

    static let queryTooOld = badRequest(
        "query is too old and response timeout expired or query ID is invalid"
    )
    static let unauthorized = MethodError(code: 401, description: "Unauthorized")
    static let methodNotFound = MethodError(code: 404, description: "Not Found: method not found")
}
