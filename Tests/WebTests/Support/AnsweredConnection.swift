import NIOCore
import NIOEmbedded

@testable import Web

/// One connection whose requests are answered by tasks, all on the thread of the test.
final class AnsweredConnection {
    let channel = EmbeddedChannel()
    let exchanges: Exchanges

    init(_ respond: @escaping Exchanges.Responder) throws {
        let connections = HTTPConnections(limits: ConnectionLimits(), observe: { _ in }, respond: respond)
        let guardian = try connections.configure(
            channel.pipeline.syncOperations,
            now: channel.embeddedEventLoop.now,
            names: RequestNames(connection: 1, start: 0)
        )
        exchanges = Exchanges(channel, connection: guardian, respond: respond)
        guardian.receiver = exchanges
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    var isOpen: Bool { channel.isActive }

    /// Whether the client takes what is sent.
    var isWritable: Bool {
        get { channel.isWritable }
        set {
            channel.isWritable = newValue
            channel.pipeline.fireChannelWritabilityChanged()
            run()
        }
    }

    func wait(_ time: TimeAmount) { channel.embeddedEventLoop.advanceTime(by: time) }

    /// Lets the tasks go on until they wait for something.
    func run() { channel.embeddedEventLoop.run() }

    func close() {
        channel.close(promise: nil)
        run()
    }

    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
        run()
    }

    /// The client ends its half of the connection.
    func finishSending() {
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        run()
    }

    /// What was sent since the last look, one element a write, without the lines with the time and the name.
    func received() throws -> [String] {
        run()
        var writes: [String] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) {
            let lines = String(buffer: part).split(separator: "\r\n", omittingEmptySubsequences: false)
            writes.append(
                lines.filter { !$0.hasPrefix("Date: ") && !$0.hasPrefix("X-Request-Id: ") }.joined(
                    separator: "\r\n"
                )
            )
        }
        return writes
    }
}
