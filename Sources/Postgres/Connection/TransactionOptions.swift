/// How a transaction begins and ends.
package struct TransactionOptions: Sendable {
    /// What a transaction sees of others.
    package enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    package var isolation: Isolation
    package var isReadOnly: Bool
    /// Replaces the session's `statement_timeout`; zero switches it off.
    package var statementTimeout: Duration?
    /// Replaces the session's `lock_timeout`; zero switches it off.
    package var lockTimeout: Duration?
    /// Whether the end is a ROLLBACK even if the body succeeds, so that a dry run can report what would happen.
    package var isDryRun: Bool

    package init(
        isolation: Isolation = .readCommitted,
        isReadOnly: Bool = false,
        statementTimeout: Duration? = nil,
        lockTimeout: Duration? = nil,
        isDryRun: Bool = false
    ) {
        self.isolation = isolation
        self.isReadOnly = isReadOnly
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.isDryRun = isDryRun
    }

    /// A transaction that only reads, all its statements from one snapshot.
    package static let snapshot = TransactionOptions(isolation: .repeatableRead, isReadOnly: true)

    /// The statements that open the transaction.
    var opening: [String] {
        var statements = ["BEGIN ISOLATION LEVEL \(isolation.rawValue)\(isReadOnly ? " READ ONLY" : "")"]
        if let statementTimeout {
            statements.append("SET LOCAL statement_timeout = \(statementTimeout.milliseconds)")
        }
        if let lockTimeout {
            statements.append("SET LOCAL lock_timeout = \(lockTimeout.milliseconds)")
        }
        return statements
    }
}
