package import Instruments
package import Logging
import ServiceLifecycle
import Synchronization

/// A bounded set of connections to one database, opened when they are needed and replaced when they break.
///
/// Callers wait in order of arrival and for a limited time. ``run()`` looks after unused connections and closes all of
/// them at the end; a pool whose `run()` was not started works too, but keeps what it opened.
package final class PostgresPool: Service {
    package let configuration: PostgresConfiguration
    let logger: Logger
    let shared: Mutex<Shared>

    /// What all callers share.
    struct Shared: ~Copyable {
        var state: PoolState
        var connections: [Int: PostgresConnection] = [:]
        var waiters: [Int: CheckedContinuation<Result<Lease, PostgresError>, Never>] = [:]
        var waitersMade = 0
        var alarm: ContinuousClock.Instant?
        var lastFailure: PostgresError?
        var waits = Histogram(bounds: Histogram.durations)
        var uses = Histogram(bounds: Histogram.durations)
        var isFinished = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// A connection in a caller's hands.
    struct Lease: Sendable {
        let id: Int
        let connection: PostgresConnection
    }

    /// Creates a pool without opening a connection.
    package init(configuration: PostgresConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let backoff = Backoff(
            minimum: configuration.minimumReconnectDelay,
            maximum: configuration.maximumReconnectDelay
        )
        let limits = PoolState.Limits(
            maximumConnections: max(1, configuration.maximumConnections),
            minimumConnections: min(
                configuration.minimumConnections,
                max(1, configuration.maximumConnections)
            ),
            maximumWaiters: configuration.maximumWaiters,
            waitTimeout: configuration.poolWaitTimeout,
            idleTimeout: configuration.idleTimeout,
            maximumLifetime: configuration.maximumLifetime,
            healthCheckInterval: configuration.healthCheckInterval,
            reconnectDelay: { backoff.delay(afterFailures: $0) }
        )
        shared = Mutex(Shared(state: PoolState(limits)))
    }

    /// Why the latest attempt to connect failed; nil once one has succeeded.
    package var lastFailure: PostgresError? {
        shared.withLock { $0.lastFailure }
    }

    /// How many connections and callers there are at this moment.
    package struct Statistics: Sendable, Equatable {
        package let idle: Int
        package let inUse: Int
        package let connecting: Int
        package let waiting: Int

        /// States the four numbers.
        package init(idle: Int, inUse: Int, connecting: Int, waiting: Int) {
            self.idle = idle
            self.inUse = inUse
            self.connecting = connecting
            self.waiting = waiting
        }
    }

    package var statistics: Statistics {
        let counts = shared.withLock { $0.state.counts }
        return Statistics(
            idle: counts.idle,
            inUse: counts.inUse,
            connecting: counts.connecting,
            waiting: counts.waiting
        )
    }

    /// How long callers waited for a connection, and how long those that run a body had it, so far.
    package var times: (waits: Histogram, uses: Histogram) { shared.withLock { ($0.waits, $0.uses) } }

    /// Runs a body in a transaction: COMMIT when it returns, ROLLBACK when it throws.
    ///
    /// The body runs without suspension on the connection's own thread. It may run a second time, after a ROLLBACK,
    /// if the schema changed beneath a prepared statement, so its only effects should be statements.
    ///
    /// - Parameter options: How the transaction begins and ends.
    /// - Throws: What the body throws; the pool's own errors; an error with
    ///   ``PostgresError/outcomeUnknown`` if the connection broke during COMMIT.
    @discardableResult
    package func transaction<R: Sendable>(
        _ options: TransactionOptions = TransactionOptions(),
        _ body: @Sendable (Session) throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        try await perform(hasLimit: options.statementTimeout != .zero) { connection throws(PostgresError) in
            try connection.transaction(options, body)
        }
    }

    /// Runs a body in a transaction that ends with the statements that the body returns: they travel with the COMMIT,
    /// which saves a round trip.
    ///
    /// As ``transaction(_:_:)`` otherwise; there is no dry run of it.
    @discardableResult
    package func committing<R: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> Ending<R>
    ) async throws(PostgresError) -> R {
        try await perform { connection throws(PostgresError) in
            try connection.committing(TransactionOptions(), body)
        }
    }

    /// Runs a body outside a transaction: each statement, and each pipeline, is one by itself.
    @discardableResult
    package func withSession<R: Sendable>(
        _ body: @Sendable (Session) throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        try await perform { connection throws(PostgresError) in try connection.withSession(body) }
    }

    /// Keeps one connection for a scope that may suspend, for instance to hold a session's advisory lock.
    package func withConnection<R>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresConnection) async throws -> R
    ) async throws -> R {
        var lease = try await acquire()
        while await !lease.connection.isUsable() {
            release(lease, isReusable: false)
            lease = try await acquire()
        }
        do {
            let value = try await body(lease.connection)
            release(lease, isReusable: await lease.connection.reset())
            return value
        } catch {
            release(lease, isReusable: await lease.connection.reset())
            throw error
        }
    }

    private func perform<R: Sendable>(
        hasLimit: Bool = true,
        _ use: @Sendable (isolated PostgresConnection) throws(PostgresError) -> R
    ) async throws(PostgresError) -> R {
        while true {
            let lease = try await acquire()
            let start = ContinuousClock.now
            switch await run(use, on: lease.connection, hasLimit: hasLimit) {
            case .stale:
                release(lease, isReusable: false)
            case .finished(let result, let isReusable):
                release(lease, isReusable: isReusable, usedSince: start)
                return try result.get()
            }
        }
    }

    /// Runs a body; one without a limit of its own ends when its task is cancelled.
    private func run<R: Sendable>(
        _ use: @Sendable (isolated PostgresConnection) throws(PostgresError) -> R,
        on connection: PostgresConnection,
        hasLimit: Bool
    ) async -> PostgresConnection.Outcome<R> {
        guard !hasLimit else { return await connection.lease(use) }
        return await withTaskCancellationHandler {
            await connection.lease(use)
        } onCancel: {
            connection.cancelRunningStatement()
        }
    }
}
