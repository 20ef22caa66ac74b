import Dispatch
package import Logging
import ServiceLifecycle

/// Receives notifications on a connection of its own and says when some may have been missed.
///
/// Notifications sent while there is no connection are lost. ``Event/connected`` therefore comes after every connect
/// and after every overflow, and means: load everything anew, what follows is complete.
package final class PostgresListener: Service {
    package enum Event: Sendable, Equatable {
        case connected
        case notification(channel: String, payload: String)
        /// There is no connection any more, or none yet; told once.
        case disconnected(reason: String)
        /// Whether the server takes no changes now; a server is believed to take them until this comes.
        case readOnly(Bool)
    }

    /// How often the server is asked for a sign of life, and whether it takes changes.
    package static let usualInterval: Duration = .seconds(1)
    /// How long a server may leave a question unanswered.
    package static let answerTimeout: Duration = .seconds(3)

    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let logger: Logger
    private let keepaliveInterval: Duration
    private let deliver: @Sendable (Event) -> Bool

    /// Creates a listener that calls a closure on its own thread, in order; the closure must not block.
    ///
    /// Every `keepaliveInterval` the server is asked for a sign of life, and whether it takes changes.
    package convenience init(
        configuration: PostgresConfiguration,
        channels: [String],
        logger: Logger,
        keepaliveInterval: Duration = usualInterval,
        handler: @escaping @Sendable (Event) -> Void
    ) {
        self.init(configuration, channels, logger, keepaliveInterval) { event in
            handler(event)
            return true
        }
    }

    /// Creates a listener and the stream of its events.
    ///
    /// Up to `bufferSize` events may lie unread. When more come, they are dropped, and one ``Event/connected``
    /// follows as soon as there is room.
    package static func withStream(
        configuration: PostgresConfiguration,
        channels: [String],
        logger: Logger,
        keepaliveInterval: Duration = usualInterval,
        bufferSize: Int = 4096
    ) -> (listener: PostgresListener, events: AsyncStream<Event>) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Event.self,
            bufferingPolicy: .bufferingOldest(bufferSize)
        )
        let listener = PostgresListener(configuration, channels, logger, keepaliveInterval) { event in
            guard case .dropped = continuation.yield(event) else { return true }
            return false
        }
        return (listener, stream)
    }

    private init(
        _ configuration: PostgresConfiguration,
        _ channels: [String],
        _ logger: Logger,
        _ keepaliveInterval: Duration,
        _ deliver: @escaping @Sendable (Event) -> Bool
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        self.keepaliveInterval = keepaliveInterval
        self.deliver = deliver
    }

    /// Listens, and reconnects when the connection breaks, until shutdown or cancellation.
    package func run() async throws {
        let stop = try WakeSignal()
        let queue = DispatchQueue(label: "postgres.listener")
        await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { continuation in
                queue.async {
                    self.listen(until: stop)
                    continuation.resume()
                }
            }
        } onCancelOrGracefulShutdown: {
            stop.give()
        }
    }

    private func listen(until stop: WakeSignal) {
        let backoff = Backoff(
            minimum: configuration.minimumReconnectDelay,
            maximum: configuration.maximumReconnectDelay
        )
        var failures = 0
        repeat {
            do throws(PostgresError) {
                let wire = try WireConnection.open(configuration)
                try subscribe(wire)
                failures = 0
                try receive(wire, until: stop)
                return
            } catch {
                failures += 1
                if failures == 1 { _ = deliver(.disconnected(reason: error.description)) }
                logger.debug("listener.disconnected", metadata: ["reason": "\(error)"])
            }
        } while !stop.wait(backoff.delay(afterFailures: failures))
    }

    func subscribe(_ wire: some ListenerConnection) throws(PostgresError) {
        // Whether the server lives is to be known soon, whatever statements elsewhere may take.
        wire.responseLimit = min(wire.responseLimit ?? Self.answerTimeout, Self.answerTimeout)
        try wire.listen(channels)
    }

    /// Delivers what arrives until told to stop.
    func receive(
        _ wire: some ListenerConnection,
        until stop: WakeSignal,
        now: () -> ContinuousClock.Instant = { .now }
    ) throws(PostgresError) {
        // Also true after an overflow: from then on nothing counts until the reader knows.
        var mustAnnounce = true
        var isReadOnly = try wire.isReadOnly()
        var toldReadOnly = false
        var nextLook = now() + keepaliveInterval
        while !stop.wait(.zero) {
            if isReadOnly != toldReadOnly, deliver(.readOnly(isReadOnly)) { toldReadOnly = isReadOnly }
            if mustAnnounce { mustAnnounce = !deliver(.connected) }
            while let (channel, payload) = wire.takeNotification() {
                guard !mustAnnounce else { continue }
                mustAnnounce = !deliver(.notification(channel: channel, payload: payload))
            }
            _ = try wire.waitForNotifications(or: stop, min(nextLook - now(), .seconds(1)))
            guard now() >= nextLook, !stop.wait(.zero) else { continue }
            isReadOnly = try wire.isReadOnly()
            nextLook = now() + keepaliveInterval
        }
    }
}
