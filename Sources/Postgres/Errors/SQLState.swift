/// A five-character error code of PostgreSQL.
///
/// The codes in use have names here; any other is compared by its text. Source: PostgreSQL documentation,
/// appendix "PostgreSQL Error Codes".
package struct SQLState: Hashable, Sendable, CustomStringConvertible {
    package let code: String

    package init(_ code: String) {
        self.code = code
    }

    /// The first two characters, which name the class of the error.
    package var classCode: String {
        String(code.prefix(2))
    }

    package var description: String {
        code
    }
}

extension SQLState {
    package static let featureNotSupported = SQLState("0A000")
    package static let notNullViolation = SQLState("23502")
    package static let foreignKeyViolation = SQLState("23503")
    package static let uniqueViolation = SQLState("23505")
    package static let checkViolation = SQLState("23514")
    package static let readOnlyTransaction = SQLState("25006")
    package static let inFailedTransaction = SQLState("25P02")
    package static let idleInTransactionTimeout = SQLState("25P03")
    package static let invalidStatementName = SQLState("26000")
    package static let invalidAuthorization = SQLState("28000")
    package static let invalidPassword = SQLState("28P01")
    package static let invalidCatalogName = SQLState("3D000")
    package static let serializationFailure = SQLState("40001")
    package static let deadlockDetected = SQLState("40P01")
    package static let syntaxError = SQLState("42601")
    package static let insufficientPrivilege = SQLState("42501")
    package static let undefinedColumn = SQLState("42703")
    package static let undefinedTable = SQLState("42P01")
    package static let lockNotAvailable = SQLState("55P03")
    package static let queryCancelled = SQLState("57014")
    package static let adminShutdown = SQLState("57P01")
    package static let crashShutdown = SQLState("57P02")
    package static let cannotConnectNow = SQLState("57P03")

    /// Whether the code says that the server, not the statement, is in trouble.
    ///
    /// Connection exceptions, a server that stops, starts or lacks resources, time-outs of statements and
    /// locks, and a server that only reads (a standby after a failover).
    package var meansUnavailable: Bool {
        switch self {
        case .adminShutdown, .crashShutdown, .cannotConnectNow, .queryCancelled, .lockNotAvailable,
            .readOnlyTransaction, .idleInTransactionTimeout:
            true
        default:
            classCode == "08" || classCode == "53"
        }
    }
}
