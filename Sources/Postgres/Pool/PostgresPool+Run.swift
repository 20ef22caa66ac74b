package import Logging
import ServiceLifecycle
import Synchronization

extension PostgresPool {
    /// Looks after unused connections until shutdown or cancellation, then closes everything.
    ///
    /// A graceful shutdown waits up to `shutdownTimeout` for connections in use; after that, and at once when
    /// cancelled, running statements are cancelled on the server.
    package func run() async throws {
        await withTaskGroup { group in
            group.addTask { await self.maintain() }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
        await close(within: Task.isCancelled ? .zero : configuration.shutdownTimeout)
    }

    /// Opens a pool for the duration of a scope, for commands that end.
    package static func with<R: Sendable>(
        _ configuration: PostgresConfiguration,
        logger: Logger = Logger(label: "postgres"),
        isolation: isolated (any Actor)? = #isolation,
        _ body: (PostgresPool) async throws -> R
    ) async throws -> R {
        let pool = PostgresPool(configuration: configuration, logger: logger)
        do {
            let value = try await body(pool)
            await pool.close(within: .zero)
            return value
        } catch {
            await pool.close(within: .zero)
            throw error
        }
    }

    /// Refuses new callers and closes all connections.
    ///
    /// - Parameter limit: How long to wait for connections in use before their statements are cancelled.
    package func close(within limit: Duration) async {
        let cutoff = Task.detached {
            if limit > .zero { try? await Task.sleep(for: limit) }
            guard !Task.isCancelled else { return }
            self.handle { shared, _ in shared.state.abort() }
            // What is cancelled ends at once on a server that answers; from one that does not nothing is expected.
            if self.statistics.inUse > 0 { try? await Task.sleep(for: .milliseconds(500)) }
            self.handle { _, _ in [.finish] }
        }
        await withCheckedContinuation { continuation in
            handle { shared, _ in
                shared.closers.append(continuation)
                return shared.isFinished ? [.finish] : shared.state.drain()
            }
        }
        cutoff.cancel()
    }

    /// How often unused connections are looked at.
    private var maintenanceInterval: Duration {
        min(configuration.healthCheckInterval, configuration.idleTimeout, .seconds(5))
    }

    private func maintain() async {
        while !Task.isCancelled {
            handle { shared, now in shared.state.maintain(now) }
            try? await Task.sleep(for: maintenanceInterval)
        }
    }
}
