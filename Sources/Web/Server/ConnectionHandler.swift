import HTTPTypes
import Instruments
import NIOCore
import NIOHTTP1

/// The connection ended or failed before a body was complete: its end must not be taken for the body's, and nobody is
/// there to read an answer.
struct RequestCutOff: Error {}

/// Guards one connection: limits in time and size, refusals of what is no HTTP, and an orderly end.
///
/// All decisions are ``ConnectionState``'s; the handler carries them out. It is the last of the connection's handlers:
/// requests go to a ``RequestReceiver``, and answers come back as whole pieces, each sent with one write.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Takes the requests; let go when the connection is closed.
    var receiver: (any RequestReceiver)?

    private let observe: @Sendable (WebEvent) -> Void
    private var state: ConnectionState
    private var context: ChannelHandlerContext?
    private var isChunked = false
    private var isReadHeld = false
    private var offersUpgrade = false
    private var hasStoppedDecoder = false
    private var bodyParts = 0
    private var names: RequestNames
    /// The request whose body has not come to its end.
    private var arriving: RequestName?
    private var timer: (task: Scheduled<Void>, at: NIODeadline)?

    init(
        limits: ConnectionLimits,
        now: NIODeadline,
        names: RequestNames,
        observe: @escaping @Sendable (WebEvent) -> Void
    ) {
        self.observe = observe
        self.names = names
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
        receiver?.connectionEnded()
        receiver = nil
    }

    // MARK: - Bytes, as the handler before tells

    /// Bytes are about to be decoded.
    ///
    /// - Returns: Whether to decode them at all.
    func bytesArrived(_ count: Int) -> Bool {
        guard let context, state.takesBytes else { return false }
        state.bytesArrived(count, now: context.eventLoop.now)
        return true
    }

    /// Whether a request has come to its end that offered to go on in another protocol; told once.
    func passesOverUpgrade() -> Bool {
        defer { hasStoppedDecoder = false }
        return hasStoppedDecoder
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
            bodyParts += 1
            guard bodyParts <= state.limits.bodyParts else {
                return perform(state.fail(.malformedRequest, now: context.eventLoop.now), context)
            }
            if state.bodyArrived(bytes.readableBytes) { receiver?.bodyArrived(bytes) }
        case .end:
            // Fields after the body would mean nothing to anybody here.
            if state.requestEnded(now: context.eventLoop.now) { receiver?.requestEnded() }
            hasStoppedDecoder = offersUpgrade
            arriving = nil
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !state.isOver { receiver?.arrivalsPaused() }
    }

    func read(context: ChannelHandlerContext) {
        // What cannot be used yet, or ever, stays with the client. After the last word all is read, so that the peer's end
        // is seen; in between, the channel tells of it by itself.
        let isUseful = state.takesBytes && context.channel.isWritable && receiver?.takesMore != false
        isReadHeld = !state.isOver && !isUseful
        if !isReadHeld { context.read() }
    }

    /// There is room for more, perhaps after there was none.
    func resumeReading() {
        guard isReadHeld, let context else { return }
        read(context: context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        state.writabilityChanged(isWritable: context.channel.isWritable, now: context.eventLoop.now)
        setTimer(context)
        guard context.channel.isWritable else { return }
        receiver?.answersAreTaken()
        resumeReading()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            perform(state.serviceStops(now: context.eventLoop.now), context)
        case ChannelEvent.inputClosed where state.isOver:
            close(context)
        case ChannelEvent.inputClosed:
            tellOfCutOff()
            receiver?.inputEnded()
            perform(state.inputEnded(now: context.eventLoop.now), context)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { tellOfCutOff() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Errors of the socket end the connection by themselves; all others come from decoding.
        guard !(error is IOError) else { return close(context) }
        let code = ProblemCode(ofDecoding: error)
        perform(state.fail(code, now: context.eventLoop.now), context)
    }

    private func headArrived(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard head.uri.utf8.count <= state.limits.targetBytes else {
            return perform(state.fail(.headTooLarge, now: context.eventLoop.now), context)
        }
        guard let framing = RequestFraming(head), let request = RequestHead(head) else {
            return perform(state.fail(.malformedRequest, now: context.eventLoop.now), context)
        }
        (offersUpgrade, bodyParts) = (framing.offersUpgrade, 0)
        guard state.headArrived(framing, now: context.eventLoop.now) else { return }
        // Only the first of pipelined requests: the word would otherwise run ahead of an earlier answer.
        if state.isAlone, framing.takesChunks, let expectation = request.headers[.expect],
            expectation.lowercased() == "100-continue"
        {
            context.writeAndFlush(
                wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")),
                promise: nil
            )
        }
        let name = framing.name ?? names.next()
        arriving = name
        receiver?.headArrived(request, name)
    }

    // MARK: - Answers

    /// Whether the client takes what is sent.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Sends a whole answer.
    ///
    /// Once the connection has spoken for itself, an answer is for nobody and dropped.
    ///
    /// - Parameters:
    ///   - request: The one that is answered.
    ///   - fields: The headers; they say how long the body is.
    func answer(
        _ request: RequestName,
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        body: ByteBuffer
    ) {
        guard let context, !state.isOver else { return }
        var bytes = context.channel.allocator.buffer(capacity: 512 + body.readableBytes)
        writeHead(request, status, fields, to: &bytes)
        bytes.writeImmutableBuffer(body)
        end(bytes, context)
    }

    /// Sends the head of an answer whose body follows in parts.
    ///
    /// - Parameters:
    ///   - request: The one that is answered.
    ///   - fields: The headers; without a length the parts are sent as chunks, to HTTP/1.0 as they are.
    func beginAnswer(_ request: RequestName, _ status: HTTPResponse.Status, _ fields: HTTPFields) {
        guard let context, !state.isOver else { return }
        isChunked = !fields.contains(.contentLength) && state.takesChunks
        var bytes = context.channel.allocator.buffer(capacity: 512)
        writeHead(request, status, fields, to: &bytes, isChunked ? "Transfer-Encoding: chunked\r\n" : "")
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    /// Sends a part of a body.
    ///
    /// - Returns: When it has been taken, if the client is behind; nil while there is room for more.
    /// - Throws: When nothing can be sent any more.
    func continueAnswer(_ part: ByteBuffer) throws -> EventLoopFuture<Void>? {
        guard let context, !state.isOver else { throw ChannelError.ioOnClosedChannel }
        var bytes = part
        if isChunked {
            bytes = context.channel.allocator.buffer(capacity: part.readableBytes + 16)
            bytes.writeChunk(part)
        }
        guard !context.channel.isWritable else {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            return nil
        }
        let taken = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: taken)
        return taken.futureResult
    }

    /// Ends an answer that was sent in parts.
    func endAnswer() {
        guard let context, !state.isOver else { return }
        end(isChunked ? ByteBuffer(string: "0\r\n\r\n") : ByteBuffer(), context)
    }

    private func writeHead(
        _ request: RequestName,
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        to bytes: inout ByteBuffer,
        _ more: StaticString = ""
    ) {
        let last: StaticString = state.answerBegan() ? "Connection: close\r\n" : ""
        bytes.writeAnswerHead(status, fields, date: DateLine.shared.now, request: request, more, last)
    }

    private func end(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let action = state.answerEnded(now: context.eventLoop.now)
        guard action == .close else {
            context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
            return perform(action, context)
        }
        let sent = context.eventLoop.makePromise(of: Void.self)
        let channel = context.channel
        sent.futureResult.whenComplete { _ in channel.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: sent)
        setTimer(context)
    }

    // MARK: - Actions

    private func perform(_ action: ConnectionState.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .nothing: break
        case .close: close(context)
        case .halfClose:
            context.close(mode: .output, promise: nil)
            resumeReading()
        case .refuse(let code):
            let request = arriving ?? names.next()
            RequestName.$current.withValue(request) { observe(.cutOff(code)) }
            send(Problem(code, code.explanation), to: request, context)
            context.close(mode: .output, promise: nil)
            resumeReading()
        case .withdraw: receiver?.requestWasWithdrawn()
        }
        setTimer(context)
    }

    private func send(_ problem: Problem, to request: RequestName, _ context: ChannelHandlerContext) {
        let document = problem.document
        var fields = problem.headers
        fields[.contentLength] = String(document.count)
        var bytes = context.channel.allocator.buffer(capacity: 512 + document.count)
        let status = HTTPResponse.Status(code: problem.code.status)
        bytes.writeAnswerHead(
            status,
            fields,
            date: DateLine.shared.now,
            request: request,
            "Connection: close\r\n"
        )
        bytes.writeBytes(document)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    private func close(_ context: ChannelHandlerContext) {
        tellOfCutOff()
        context.close(promise: nil)
    }

    private func tellOfCutOff() {
        if state.isReadingBody { receiver?.requestWasCutOff() }
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
