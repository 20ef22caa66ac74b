/// What went wrong between this process and PostgreSQL.
///
/// `description` names the code, the SQLSTATE, the constraint and the server's message; the hint and the statement's text
/// appear in `debugDescription` only. Bound and stored values and connection strings appear in neither: what the server
/// says of the row that it refused is not even kept.
@usableFromInline package struct PostgresError: Error, Sendable {
    /// What kind of failure this is.
    @usableFromInline package struct Code: Hashable, Sendable, CustomStringConvertible {
        @usableFromInline package let description: String

        /// The connection string can not be used as it is.
        package static let invalidConfiguration = Code(description: "invalid configuration")
        /// No connection to the server came about.
        package static let connectionFailed = Code(description: "connection failed")
        /// The connection broke while it was in use.
        package static let connectionLost = Code(description: "connection lost")
        /// No connection of the pool became free in time.
        package static let poolTimeout = Code(description: "no free connection in time")
        /// So many callers wait for a connection that one more was refused at once.
        package static let poolFull = Code(description: "too many callers wait for a connection")
        /// The pool is shutting down.
        package static let poolClosed = Code(description: "connection pool closed")
        /// The server refused a statement; see ``PostgresError/sqlState``.
        package static let server = Code(description: "server error")
        /// A result is not of the type that was asked for.
        @usableFromInline package static let decoding = Code(description: "decoding failed")
        /// A value can not be sent.
        @usableFromInline package static let encoding = Code(description: "encoding failed")
        /// The waiting task was cancelled.
        package static let cancelled = Code(description: "cancelled")
        /// COMMIT was asked for, but an earlier error had already doomed the transaction.
        package static let rolledBack = Code(description: "transaction rolled back")
        /// The schema and the known migrations do not fit together.
        package static let migration = Code(description: "migration refused")
    }

    /// The parts of an error that are known only where the server or libpq reports it.
    struct Details: Sendable {
        var sqlState: SQLState?
        var constraint: String?
        var hint: String?
        var statement: String?
        var outcomeUnknown = false
        var isStalePlan = false
    }

    private final class Storage: Sendable {
        let code: Code
        let message: String
        let details: Details

        init(code: Code, message: String, details: Details) {
            self.code = code
            self.message = message
            self.details = details
        }
    }

    private let storage: Storage

    /// Creates an error that this process found by itself.
    @usableFromInline
    package init(_ code: Code, _ message: String) {
        self.init(code, message, Details())
    }

    init(_ code: Code, _ message: String, _ details: Details) {
        storage = Storage(code: code, message: message, details: details)
    }

    /// A copy with some details changed.
    func with(_ change: (inout Details) -> Void) -> PostgresError {
        var details = storage.details
        change(&details)
        return PostgresError(code, message, details)
    }

    /// A copy whose message says first what it is about.
    func prefixed(_ prefix: String) -> PostgresError {
        PostgresError(code, prefix + message, storage.details)
    }
}

extension PostgresError {
    package var code: Code {
        storage.code
    }

    /// The server's primary message, or this layer's own.
    package var message: String {
        storage.message
    }

    package var sqlState: SQLState? {
        storage.details.sqlState
    }

    /// The name of the constraint that was violated.
    package var constraint: String? {
        storage.details.constraint
    }

    /// The text of the statement, with `$n` where values were bound.
    package var statement: String? {
        storage.details.statement
    }

    /// Whether the connection broke so late that the work may or may not have been committed.
    ///
    /// True for a connection lost during COMMIT, or during statements outside a transaction. The caller finds out
    /// by repeating an idempotent write or by reading.
    package var outcomeUnknown: Bool {
        storage.details.outcomeUnknown
    }

    /// Whether a prepared statement no longer fits the schema and preparing it anew helps.
    var isStalePlan: Bool {
        storage.details.isStalePlan
    }

    /// Whether the database, not the request, is the reason: the caller answers "unavailable, try again".
    package var isUnavailable: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .poolTimeout, .poolFull, .poolClosed:
            true
        default:
            sqlState?.meansUnavailable ?? false
        }
    }

    /// Whether the same transaction, run again from its beginning, is expected to succeed.
    package var isRetryable: Bool {
        sqlState == .serializationFailure || sqlState == .deadlockDetected || isStalePlan
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    @usableFromInline package var description: String {
        var text = code.description
        if let sqlState { text += " \(sqlState)" }
        if let constraint { text += " on constraint \"\(constraint)\"" }
        text += ": \(message)"
        if outcomeUnknown { text += " (outcome unknown)" }
        return text
    }

    @usableFromInline package var debugDescription: String {
        var text = description
        if let hint = storage.details.hint { text += "\nhint: \(hint)" }
        if let statement { text += "\nstatement: \(statement)" }
        return text
    }
}
