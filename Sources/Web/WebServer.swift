import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import Leaderboards
import Scoring
import ServiceLifecycle
import Synchronization

/// The HTTP edge as a service: one listener for everybody and, if asked for, one for operators.
package final class WebServer: Service {
    /// Which listener is meant.
    package enum Listener: Hashable, Sendable {
        case everybody, operators
    }

    private let configuration: WebConfiguration
    private let services: WebServices
    private let logger: Logger
    private let onListening: @Sendable (Listener, _ port: Int) -> Void
    private let drain: @Sendable () async -> Void
    private let isStopping = Mutex(false)

    /// Prepares the edge; it listens from ``run()`` on.
    ///
    /// - Parameters:
    ///   - configuration: Where to listen and what to allow.
    ///   - logger: Takes one line for each failure that is not the client's.
    ///   - onListening: Is told of each listener's port once it is bound.
    package convenience init(
        configuration: WebConfiguration,
        services: WebServices,
        logger: Logger,
        onListening: @escaping @Sendable (Listener, _ port: Int) -> Void = { _, _ in }
    ) {
        self.init(
            configuration: configuration,
            services: services,
            logger: logger,
            onListening: onListening,
            drain: { try? await Task.sleep(for: configuration.drainDelay) }
        )
    }

    init(
        configuration: WebConfiguration,
        services: WebServices,
        logger: Logger,
        onListening: @escaping @Sendable (Listener, _ port: Int) -> Void,
        drain: @escaping @Sendable () async -> Void
    ) {
        self.configuration = configuration
        self.services = services
        self.logger = logger
        self.onListening = onListening
        self.drain = drain
    }

    /// Serves until told to stop; then says so in `/readyz` for a moment, ends streams, finishes what it has begun, and
    /// returns.
    ///
    /// - Throws: When an address cannot be bound.
    package func run() async throws {
        let listeners = ServiceGroup(services: self.listeners(), logger: quiet(logger))
        // Detached, so that the listeners stop when told here and not at once with everything else.
        let running = Task.detached { try await listeners.run() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await running.value
            } onGracefulShutdown: {
                self.isStopping.withLock { $0 = true }
                Task {
                    await self.drain()
                    self.services.endWatches()
                    await listeners.triggerGracefulShutdown()
                }
            }
        } onCancel: {
            running.cancel()
        }
    }

    private func listeners() -> [any Service] {
        var services = services
        services.streams = StreamQuota(configuration.streams)
        services.readiness = { [services] in services.readiness() + self.reasonsOfOwn }
        let admin = configuration.adminAddress
        let everybody = listener(
            .everybody,
            at: configuration.address,
            serving: .everybody(services, showsInsides: admin == nil)
        )
        guard let admin else { return [everybody] }
        // The last in the list stops first: operators see the end of the draining.
        return [listener(.operators, at: admin, serving: .operators(services)), everybody]
    }

    private var reasonsOfOwn: [UnreadyReason] {
        isStopping.withLock { $0 }
            ? [UnreadyReason(code: "draining", detail: "the service is about to stop", isFatal: true)] : []
    }

    private func listener(
        _ listener: Listener,
        at address: HostPort,
        serving table: RouteTable
    ) -> any Service {
        let responder = table.responder(observe: services.observe, logger: logger)
        let quietLogger = quiet(logger)
        let connections = HTTPConnections(limits: configuration.limits, observe: services.observe) {
            request,
            channel in await responder.respond(to: request, context: WebContext(channel: channel))
        }
        return Server(
            childChannelSetup: connections,
            configuration: ServerConfiguration(
                address: .hostname(address.host, port: address.port),
                backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.maximumConnections,
                    logger: quietLogger
                )
            ),
            onServerRunning: { [onListening] in onListening(listener, $0.localAddress?.port ?? address.port)
            },
            eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
            logger: quietLogger
        )
    }

    /// The libraries below log requests and errors in their own words, which may repeat what a client sent.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = max(logger.logLevel, .warning)
        return logger
    }
}
