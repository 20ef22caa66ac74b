import HTTPTypes
import Instruments
import NIOCore
import NIOEmbedded

@testable import Web

/// One connection in a time of its own, with all handlers but the one that passes requests on.
final class EmbeddedConnection {
    let channel = EmbeddedChannel()
    let events = Recorder<WebEvent>()
    private let receiver = RecordingReceiver()
    private let guardian: ConnectionHandler

    init(_ limits: ConnectionLimits = ConnectionLimits()) throws {
        let events = events
        let connections = HTTPConnections(limits: limits, observe: { events.record($0) }) { _, _ in
            Response(status: .ok)
        }
        guardian = try connections.configure(
            channel.pipeline.syncOperations,
            now: channel.eventLoop.now,
            names: RequestNames(connection: 0x0123_4567_89AB_CDEF, start: .max)
        )
        guardian.receiver = receiver
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    /// What was passed on: `head`, `body`, `end`, `cut` for a body that will not come to its end, and `withdrawn` for one
    /// that is not to be answered either.
    var passedOn: [String] { receiver.passedOn }
    var isOpen: Bool { channel.isActive }

    func send(_ text: String) throws {
        try channel.writeInbound(ByteBuffer(string: text))
    }

    func wait(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// Answers the oldest request.
    func answer(_ status: HTTPResponse.Status = .ok) throws {
        let request = receiver.requests.isEmpty ? .given("none") : receiver.requests.removeFirst()
        guardian.answer(request, status, [.contentLength: "0"], body: ByteBuffer())
        channel.embeddedEventLoop.run()
    }

    /// All that was sent since the last look.
    func received() throws -> String {
        var text = ""
        while let part = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: part) }
        return text
    }
}

private final class RecordingReceiver: RequestReceiver {
    private(set) var passedOn: [String] = []
    /// Those that are not answered.
    var requests: [RequestName] = []
    var takesMore: Bool { true }

    func headArrived(_ head: RequestHead, _ request: RequestName) {
        passedOn.append("head")
        requests.append(request)
    }
    func bodyArrived(_ bytes: ByteBuffer) { passedOn.append("body") }
    func requestEnded() { passedOn.append("end") }
    func requestWasCutOff() { passedOn.append("cut") }
    func requestWasWithdrawn() { passedOn.append("withdrawn") }
    func answersAreTaken() {}
    func arrivalsPaused() {}
    func inputEnded() {}
    func connectionEnded() {}
}
