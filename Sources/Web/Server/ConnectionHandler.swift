import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The request ended before its body did, so whoever reads the body must not take the end for its end.
struct RequestCutOff: Error {}

/// Guards one connection: limits in time and size, refusals of what is no HTTP, and an orderly end.
///
/// All decisions are ``ConnectionState``'s; the handler carries them out. It stands between the HTTP/1 codec and the
/// handler that passes requests on to tasks, and turns the one's types into the other's.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let observe: @Sendable (WebEvent) -> Void
    private var state: ConnectionState
    private var context: ChannelHandlerContext?
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    init(limits: ConnectionLimits, now: NIODeadline, observe: @escaping @Sendable (WebEvent) -> Void) {
        self.observe = observe
        state = ConnectionState(limits: limits, now: now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        setTimer(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.task.cancel()
        timer = nil
        self.context = nil
    }

    // MARK: - Bytes, as the handler before the codec tells

    /// Bytes are about to be decoded.
    ///
    /// - Parameter count: How many.
    /// - Returns: Whether to decode them at all.
    func bytesArrived(_ count: Int) -> Bool {
        guard let context, !state.isOver else { return false }
        state.bytesArrived(count, now: context.eventLoop.now)
        return true
    }

    /// The bytes were decoded.
    func bytesWereDecoded() {
        guard let context else { return }
        perform(state.bytesWereDecoded(now: context.eventLoop.now), context)
    }

    // MARK: - Inbound

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !state.isOver else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): headArrived(head, context)
        case .body(let bytes):
            guard state.bodyArrived(bytes.readableBytes) else { return }
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case .end:
            // Fields after the body would mean nothing to anybody here.
            guard state.requestEnded(now: context.eventLoop.now) else { return }
            context.fireChannelRead(wrapInboundOut(.end(nil)))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody asks for more once requests are no longer passed on, but the peer's end must be seen.
        if state.isOver { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writabilityChanged(isWritable: context.channel.isWritable, now: context.eventLoop.now)
        setTimer(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            perform(state.serviceStops(now: context.eventLoop.now), context)
        case ChannelEvent.inputClosed where state.isOver:
            close(context)
        default:
            if case ChannelEvent.inputClosed = event { tellOfCutOff(context) }
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        tellOfCutOff(context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of the socket end the connection by themselves; all others come from decoding.
        guard !(error is IOError) else { return context.fireErrorCaught(error) }
        let code = ProblemCode(ofDecoding: error)
        perform(state.fail(code, now: context.eventLoop.now), context)
    }

    private func headArrived(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard let request = HTTPRequest(head) else {
            return perform(state.fail(.malformedRequest, now: context.eventLoop.now), context)
        }
        let fields = request.headerFields
        let length =
            fields[.transferEncoding] == nil ? fields[.contentLength].map { Int($0) ?? .max } ?? 0 : nil
        let isTaken = state.headArrived(
            bodyLength: length,
            isLast: !head.isKeepAlive,
            now: context.eventLoop.now
        )
        guard isTaken else { return }
        // Only the first of pipelined requests: the word would otherwise run ahead of an earlier answer.
        if state.isAlone, let expectation = fields[.expect], expectation.lowercased() == "100-continue" {
            write(HTTPResponse(status: .continue), context, promise: nil)
            context.flush()
        }
        context.fireChannelRead(wrapInboundOut(.head(request)))
    }

    // MARK: - Outbound

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The connection has spoken for itself; an answer that comes after that is for nobody.
        guard !state.isOver else {
            promise?.succeed()
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var response):
            if state.answerBegan() { response.headerFields[.connection] = "close" }
            write(response, context, promise: promise)
        case .body(let bytes): context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end: answerEnded(context, promise: promise)
        }
    }

    private func answerEnded(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let action = state.answerEnded(now: context.eventLoop.now)
        guard action == .close else {
            context.write(wrapOutboundOut(.end(nil)), promise: promise)
            return perform(action, context)
        }
        let sent = promise ?? context.eventLoop.makePromise()
        let channel = context.channel
        sent.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
        setTimer(context)
    }

    private func write(
        _ response: HTTPResponse,
        _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        context.write(wrapOutboundOut(.head(HTTPResponseHead(response))), promise: promise)
    }

    // MARK: - Actions

    private func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .nothing: break
        case .close: close(context)
        case .linger:
            context.flush()
            context.close(mode: .output, promise: nil)
        case .refuse(let code):
            observe(.cutOff(code))
            send(Problem(code, code.explanation), context)
            context.close(mode: .output, promise: nil)
            context.read()
        }
        setTimer(context)
    }

    private func send(_ problem: Problem, _ context: ChannelHandlerContext) {
        let document = problem.document
        var response = HTTPResponse(
            status: HTTPResponse.Status(code: problem.code.status),
            headerFields: problem.headers
        )
        response.headerFields[.connection] = "close"
        response.headerFields[.contentLength] = String(document.count)
        write(response, context, promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: document)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func close(_ context: ChannelHandlerContext) {
        tellOfCutOff(context)
        context.close(promise: nil)
    }

    private func tellOfCutOff(_ context: ChannelHandlerContext) {
        if state.isReadingBody { context.fireErrorCaught(RequestCutOff()) }
    }

    // MARK: - Time

    /// Wakes the connection at its deadline.
    ///
    /// A timer that is set already is left alone if it fires early enough, so that a request costs none: it then merely
    /// sets the next one.
    private func setTimer(_ context: ChannelHandlerContext) {
        // Closing may have taken the handler out already.
        guard self.context != nil, let deadline = state.deadline else { return }
        if let timer, timer.at <= deadline { return }
        timer?.task.cancel()
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            self.perform(self.state.timePassed(now: context.eventLoop.now), context)
        }
        timer = (task, deadline)
    }
}
