/// Where the database is and how long anything may take there.
///
/// Printing shows neither the connection string nor a part of it.
package struct PostgresConfiguration: Sendable {
    /// The schema in which everything of ours lies, and the only one in which sessions look for anything.
    package static let schema = "highscores"

    /// The libpq connection URI or key/value string, as it was given.
    private(set) var connectionString: ConnectionString
    /// Where sessions are kept, if not there.
    private var sessions: ConnectionString?

    /// The name by which sessions appear in `pg_stat_activity`, unless the connection string has one.
    package var applicationName = "highscores"
    /// The limit for reaching one host; libpq counts in whole seconds and takes at least two.
    package var connectTimeout: Duration = .seconds(2)
    /// `statement_timeout` of each session.
    package var statementTimeout: Duration = .seconds(3)
    /// `lock_timeout` of each session.
    package var lockTimeout: Duration = .seconds(2)
    /// `idle_in_transaction_session_timeout` of each session.
    package var idleInTransactionTimeout: Duration = .seconds(10)
    /// How long a server that answers nothing is believed to be alive beyond ``statementTimeout``.
    package var responseGrace: Duration = .seconds(1)

    /// How long a caller waits for a connection of the pool; for its first, as long as that takes.
    package var poolWaitTimeout: Duration = .seconds(2)
    /// How many callers may wait at once; one more is refused immediately.
    package var maximumWaiters = 1000
    package var maximumConnections = 10
    /// How many connections are kept open without use.
    package var minimumConnections = 0
    /// When an unused connection beyond the minimum is closed.
    package var idleTimeout: Duration = .seconds(300)
    /// When a connection is replaced although it works; nil keeps it.
    package var maximumLifetime: Duration? = .seconds(3600)
    /// How often unused connections are asked for a sign of life.
    package var healthCheckInterval: Duration = .seconds(30)
    /// How long a graceful shutdown waits for connections in use.
    package var shutdownTimeout: Duration = .seconds(5)
    /// The first pause after a failed connect; it doubles up to ``maximumReconnectDelay``.
    package var minimumReconnectDelay: Duration = .milliseconds(50)
    package var maximumReconnectDelay: Duration = .seconds(2)

    /// Creates a configuration with the defaults.
    ///
    /// - Parameter connectionString: Anything libpq understands; several hosts and `target_session_attrs` included.
    /// - Throws: `.invalidConfiguration` with a reason that quotes nothing of the string.
    package init(connectionString: String) throws(PostgresError) {
        self.connectionString = try ConnectionString(connectionString)
    }
}

extension PostgresConfiguration {
    /// Has sessions kept elsewhere: the connection string leads through a pooler that may give each transaction of a connection
    /// another session of the server.
    ///
    /// - Throws: As ``init(connectionString:)``.
    package mutating func keepSessions(at connectionString: String) throws(PostgresError) {
        sessions = try ConnectionString(connectionString)
    }

    /// Whether what a session was told holds until the end of the transaction only.
    package var isPooled: Bool { sessions != nil }

    /// The configuration for what lives by its session, or does not mind how long one takes to be made.
    package var forSessions: PostgresConfiguration {
        guard let sessions else { return self }
        var copy = self
        (copy.connectionString, copy.sessions) = (sessions, nil)
        return copy
    }
}

extension PostgresConfiguration {
    /// The hosts or socket folders named in the connection string; empty when libpq's defaults apply.
    package var hosts: [String] {
        connectionString.hosts
    }

    /// The database named in the connection string.
    package var database: String? {
        connectionString.options["dbname"]
    }

    /// Whether every host is this machine: a socket folder, a loopback address, or libpq's default.
    package var isLocal: Bool {
        connectionString.isLocal
    }

    /// The connection string, password included, in key/value form and with another database.
    ///
    /// - Important: For handing to a child process or another configuration; never for a log or an error.
    package func connectionString(database: String) -> String {
        connectionString.keyValueText(replacing: ["dbname": database])
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
    package var description: String {
        "PostgresConfiguration(maximumConnections: \(maximumConnections))"
    }

    package var customMirror: Mirror {
        Mirror(self, children: ["maximumConnections": maximumConnections])
    }
}
