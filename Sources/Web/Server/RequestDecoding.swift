import NIOCore
import NIOHTTP1

/// Turns the bytes of a connection into parts of requests, and tells the connection's guard of bytes that are none yet.
///
/// It feeds the library's decoder itself: after a request that offers another protocol (`Connection: Upgrade`) that one
/// stops for good and keeps all that follows. Nobody here accepts such an offer, so another decoder goes on (RFC 9110,
/// section 7.8).
final class RequestDecoding: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart

    private let guardian: ConnectionHandler
    private let limits: ConnectionLimits
    private var decoder: HTTPRequestDecoder
    /// What the decoder wants to see once more, with what follows it.
    private var undecoded = ByteBuffer()

    init(_ guardian: ConnectionHandler, _ limits: ConnectionLimits) {
        self.guardian = guardian
        self.limits = limits
        decoder = Self.decoder(limits)
    }

    private static func decoder(_ limits: ConnectionLimits) -> HTTPRequestDecoder {
        var decoderLimits = NIOHTTPDecoderLimitConfiguration()
        decoderLimits.maxHeaderFieldSize = limits.headBytes
        decoderLimits.maxHeaderListSize = limits.headBytes
        decoderLimits.maxHeaderFieldCount = 100
        return HTTPRequestDecoder(limitConfiguration: decoderLimits)
    }

    func handlerAdded(context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    func handlerRemoved(context: ChannelHandlerContext) { decoder.decoderRemoved(context: context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard guardian.bytesArrived(bytes.readableBytes) else { return undecoded = ByteBuffer() }
        undecoded.setOrWriteImmutableBuffer(bytes)
        do {
            _ = try decoder.decode(context: context, buffer: &undecoded)
            while guardian.passesOverUpgrade() {
                decoder.decoderRemoved(context: context)
                decoder = Self.decoder(limits)
                decoder.decoderAdded(context: context)
                guard undecoded.readableBytes > 0, guardian.bytesArrived(undecoded.readableBytes) else {
                    break
                }
                _ = try decoder.decode(context: context, buffer: &undecoded)
            }
            // Only a part of a head is ever kept.
            guard undecoded.readableBytes <= limits.headBytes else { throw HTTPParserError.headerOverflow }
            if undecoded.readableBytes > 0 { undecoded.discardReadBytes() } else { undecoded = ByteBuffer() }
        } catch {
            context.fireErrorCaught(error)
        }
        guardian.bytesWereDecoded()
    }
}

extension ProblemCode {
    init(ofDecoding error: any Error) {
        self = error as? HTTPParserError == .headerOverflow ? .headTooLarge : .malformedRequest
    }
}
