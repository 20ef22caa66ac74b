import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// How the server sets up each connection: HTTP/1.1 between our own guards.
///
/// Hummingbird's own channel would close an idle connection, but knows no limit for a head or a body that comes drop by
/// drop, and answers what is no HTTP without a document.
struct HTTPConnections: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits
    let observe: @Sendable (WebEvent) -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try configure(channel.pipeline.syncOperations, now: channel.eventLoop.now)
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }

    /// Puts the handlers in their places.
    ///
    /// - Parameters:
    ///   - pipeline: The connection's pipeline.
    ///   - now: The time by the connection's event loop.
    /// - Throws: When the connection is closed already.
    func configure(_ pipeline: ChannelPipeline.SynchronousOperations, now: NIODeadline) throws {
        let guardian = ConnectionHandler(limits: limits, now: now, observe: observe)
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headBytes
        decoderLimits.maxHeaderListSize = limits.headBytes
        decoderLimits.maxHeaderFieldCount = 100
        try pipeline.addHandler(ByteArrivalHandler(guardian))
        try pipeline.configureHTTPServerPipeline(
            // Requests of one connection are handled one after another anyway.
            withPipeliningAssistance: false,
            withErrorHandling: false,
            // The type of the header fields lets nothing pass that would need it.
            withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: decoderLimits
        )
        try pipeline.addHandler(guardian)
    }
}

/// Tells the guard of a connection of bytes that have not yet become a request.
private final class ByteArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let guardian: ConnectionHandler

    init(_ guardian: ConnectionHandler) { self.guardian = guardian }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard guardian.bytesArrived(unwrapInboundIn(data).readableBytes) else { return }
        context.fireChannelRead(data)
        guardian.bytesWereDecoded()
    }
}

extension ProblemCode {
    /// Names what is wrong with bytes that could not be decoded.
    ///
    /// - Parameter error: The decoder's complaint.
    init(ofDecoding error: any Error) {
        self = error as? HTTPParserError == .headerOverflow ? .headTooLarge : .malformedRequest
    }
}
