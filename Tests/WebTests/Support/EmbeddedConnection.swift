import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes

@testable import Web

/// One connection in a time of its own, with all handlers but the one that passes requests on.
final class EmbeddedConnection {
    let channel = EmbeddedChannel()
    let events = Recorder<WebEvent>()
    private let last = LastHandler()

    init(_ limits: ConnectionLimits = ConnectionLimits()) throws {
        let events = events
        let connections = HTTPConnections(
            responder: { _, _, _ in },
            limits: limits,
            observe: { events.record($0) }
        )
        try connections.configure(channel.pipeline.syncOperations, now: channel.eventLoop.now)
        try channel.pipeline.syncOperations.addHandler(last)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// What was passed on: `head`, `body`, `end`, and `cut` for a body that will not come to its end.
    var passedOn: [String] { last.passedOn }
    var isOpen: Bool { channel.isActive }

    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    func wait(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// Answers the oldest request.
    func answer(_ status: HTTPResponse.Status = .ok) throws {
        channel.write(
            HTTPResponsePart.head(HTTPResponse(status: status, headerFields: [.contentLength: "0"])),
            promise: nil
        )
        channel.writeAndFlush(HTTPResponsePart.end(nil), promise: nil)
        channel.embeddedEventLoop.run()
    }

    /// All that was sent since the last look.
    func received() throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
    }
}

private final class LastHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPRequestPart

    private(set) var passedOn: [String] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: passedOn.append("head")
        case .body: passedOn.append("body")
        case .end: passedOn.append("end")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        passedOn.append(error is RequestCutOff ? "cut" : "\(error)")
    }
}
