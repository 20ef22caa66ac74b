import CLibPQ

/// One connection to the server with a thread of its own, on which closures run one after another.
///
/// Comes from ``PostgresPool/withConnection(_:)``.
package actor PostgresConnection {
    private let executor: QueueExecutor
    private let configuration: PostgresConfiguration
    private let canceller = Canceller()
    private var session: Session?

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    init(_ configuration: PostgresConfiguration) {
        self.configuration = configuration
        executor = QueueExecutor(label: "postgres.connection")
    }

    /// How a closure on the connection ended.
    enum Outcome<R: Sendable>: Sendable {
        /// The connection had died unused; the body did not run.
        case stale
        case finished(Result<R, PostgresError>, isReusable: Bool)
    }

    func open() throws(PostgresError) {
        let wire = try WireConnection.open(configuration)
        session = Session(wire)
        canceller.set(wire)
    }

    func close() {
        canceller.set(nil)
        session = nil
    }

    /// Asks the server to abandon the statement that is running, from another thread.
    nonisolated func cancelRunningStatement() {
        canceller.cancel()
    }

    /// Runs statements outside a transaction: each is one by itself.
    @discardableResult
    package func withSession<R: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        try body(try opened())
    }

    /// Runs a transaction; see ``PostgresPool/transaction(_:_:)``.
    @discardableResult
    package func transaction<R: Sendable>(
        _ options: TransactionOptions = TransactionOptions(),
        _ body: @Sendable (Session) throws(PostgresError) -> R
    ) throws(PostgresError) -> R {
        try committing(options) { session throws(PostgresError) in Ending(try body(session)) }
    }

    /// Runs a transaction; see ``PostgresPool/committing(_:)``.
    func committing<R>(
        _ options: TransactionOptions,
        _ body: (Session) throws(PostgresError) -> Ending<R>
    ) throws(PostgresError) -> R {
        try opened().transaction(
            options,
            limit: configuration.statementTimeout,
            grace: configuration.responseGrace,
            body
        )
    }

    /// Uses a connection fresh from the pool and makes it fit for the next user.
    func lease<R: Sendable>(
        _ use: @Sendable (isolated PostgresConnection) throws(PostgresError) -> R
    ) -> Outcome<R> {
        guard isUsable() else { return .stale }
        do throws(PostgresError) {
            let value = try use(self)
            return .finished(.success(value), isReusable: reset())
        } catch {
            // A server that only reads has lost its role: a new connection may find the one that writes.
            let isReusable = error.sqlState != .readOnlyTransaction && reset()
            return .finished(.failure(error), isReusable: isReusable)
        }
    }

    /// Whether the server answers, and with it whether the session and its locks still exist; one round trip.
    package func isAlive() -> Bool {
        guard let session else { return false }
        return (try? session.wire.ping()) != nil
    }

    /// Whether the server has not closed the connection, as far as is known here.
    func isUsable() -> Bool {
        session?.wire.isAlive() ?? false
    }

    func reset() -> Bool {
        session?.reset() ?? false
    }

    private func opened() throws(PostgresError) -> Session {
        guard let session else { throw PostgresError(.connectionLost, "connection is closed") }
        return session
    }
}
