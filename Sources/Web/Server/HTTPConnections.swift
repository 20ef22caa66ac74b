import HummingbirdCore
import Logging
import NIOCore

/// How the server sets up each connection: HTTP/1.1 between our own guards, answered on the connection's event loop.
///
/// Hummingbird's own channel, with limits in one handler, costs a submission 15 to 20 % more CPU: 116 µs against 101 µs at
/// 3,400/s, 143 µs against 119 µs at 2,400/s (user and system time of a release build under `bench --only submissions`, both
/// in one run on two cores), since it passes every part of a request and of its answer between two threads. Nor does it
/// bound a head or a body that comes drop by drop, or answers that nobody reads, and what is no HTTP gets no document.
struct HTTPConnections: ServerChildChannel {
    /// A connection that is set up.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let isDone: EventLoopFuture<Void>
    }

    let limits: ConnectionLimits
    let observe: @Sendable (WebEvent) -> Void
    let respond: Exchanges.Responder

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let guardian = try configure(
                channel.pipeline.syncOperations,
                now: channel.eventLoop.now,
                names: RequestNames(
                    connection: .random(in: .min ... .max),
                    start: .random(in: .min ... .max)
                )
            )
            let exchanges = Exchanges(channel, connection: guardian, respond: respond)
            guardian.receiver = exchanges
            return Value(channel: channel, isDone: exchanges.isDone)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.isDone.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
    }

    /// Puts the handlers in their places.
    ///
    /// - Parameters:
    ///   - now: The time by the connection's event loop.
    ///   - names: What requests are called.
    /// - Returns: The last of them, which wants a receiver.
    /// - Throws: When the connection is closed already.
    func configure(
        _ pipeline: ChannelPipeline.SynchronousOperations,
        now: NIODeadline,
        names: RequestNames
    ) throws -> ConnectionHandler {
        let guardian = ConnectionHandler(limits: limits, now: now, names: names, observe: observe)
        try pipeline.addHandler(RequestDecoding(guardian, limits))
        try pipeline.addHandler(guardian)
        return guardian
    }
}
