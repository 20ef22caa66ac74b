import HTTPTypes
import Instruments
import NIOCore

/// The requests of one connection, answered one after another by tasks that run on its event loop.
///
/// A request that arrives in one piece, as nearly all do, is handed over whole; only a body that takes longer is a stream.
final class Exchanges: RequestReceiver {
    typealias Responder = @Sendable (Request, any Channel) async -> Response

    private struct Arrival {
        enum End {
            case open, reached, cutOff
        }

        let head: RequestHead
        let name: RequestName
        var body = ByteBuffer()
        var end = End.open
    }

    /// How much may wait for the answer to an earlier request.
    private enum Room {
        static let requests = 16
        static let bytes = 64 * 1024
    }

    /// The longest body that goes out with its head in one piece; longer ones would only be copied.
    private static let copiedBytes = 64 * 1024

    /// Completes when the connection is closed and the last answer has been made.
    let isDone: EventLoopFuture<Void>

    private let channel: any Channel
    private let respond: Responder
    private let executor: LoopExecutor
    private let done: EventLoopPromise<Void>
    /// Nil once the connection is closed, which also unties the two.
    private var connection: ConnectionHandler?
    private var waiting = CircularBuffer<Arrival>(initialCapacity: 2)
    private var answering: Task<Void, Never>?
    /// Feeds the request being answered, until its end has come.
    private var unread: BodySource?
    private var bodyHasRoom = true
    private var isStreaming = false
    private var inputHasEnded = false

    init(_ channel: any Channel, connection: ConnectionHandler, respond: @escaping Responder) {
        self.channel = channel
        self.connection = connection
        self.respond = respond
        executor = LoopExecutor(channel.eventLoop)
        done = channel.eventLoop.makePromise()
        isDone = done.futureResult
    }

    // MARK: - What arrives

    var takesMore: Bool {
        if unread != nil { return bodyHasRoom }
        return waiting.count < Room.requests && waiting.last?.body.readableBytes ?? 0 < Room.bytes
    }

    func headArrived(_ head: RequestHead, _ request: RequestName) {
        waiting.append(Arrival(head: head, name: request))
    }

    func bodyArrived(_ bytes: ByteBuffer) {
        if let unread {
            bodyHasRoom = unread.yield(bytes)
        } else if let last = waiting.indices.last {
            waiting[last].body.setOrWriteImmutableBuffer(bytes)
        }
    }

    func requestEnded() {
        if let unread {
            unread.finish()
            self.unread = nil
        } else if let last = waiting.indices.last {
            waiting[last].end = .reached
        }
    }

    func arrivalsPaused() {
        if answering == nil { answerNext() }
    }

    func requestWasCutOff() {
        if let unread {
            unread.cutOff()
            self.unread = nil
        } else if let last = waiting.indices.last, waiting[last].end == .open {
            // It is owed an answer all the same.
            waiting[last].end = .cutOff
        }
    }

    func requestWasWithdrawn() { _ = waiting.popLast() }

    func answersAreTaken() {
        if answering == nil { answerNext() }
    }

    func inputEnded() {
        // Whoever reads an endless answer says in no other way that it is enough.
        inputHasEnded = true
        if isStreaming { answering?.cancel() }
    }

    func connectionEnded() {
        connection = nil
        waiting.removeAll()
        requestWasCutOff()
        inputEnded()
        if answering == nil { done.succeed() }
    }

    // MARK: - Answers

    private func answerNext() {
        // One that asks and asks and takes no answer is not to have them heaped up here.
        guard connection?.isWritable == true, let arrival = waiting.popFirst() else { return }
        let exchanges = NIOLoopBound(self, eventLoop: channel.eventLoop)
        let body: Request.Body
        if arrival.end == .reached {
            body = .whole(arrival.body)
        } else {
            let (parts, source) = BodySource.make(on: channel.eventLoop) {
                exchanges.value.bodyHasRoomAgain()
            }
            body = .arriving(parts)
            bodyHasRoom = arrival.body.readableBytes == 0 || source.yield(arrival.body)
            unread = source
            if arrival.end == .cutOff { requestWasCutOff() }
        }
        let request = Request(head: arrival.head, body: body)
        answering = Self.answer(
            request,
            arrival.name,
            on: executor,
            channel: channel,
            with: respond,
            exchanges
        )
    }

    private static func answer(
        _ request: Request,
        _ name: RequestName,
        on executor: LoopExecutor,
        channel: any Channel,
        with respond: @escaping Responder,
        _ exchanges: NIOLoopBound<Exchanges>
    ) -> Task<Void, Never> {
        Task(executorPreference: executor) {
            await RequestName.$current.withValue(name) {
                let response = await respond(request, channel)
                await send(response, to: name, through: exchanges)
            }
            exchanges.value.answerEnded()
        }
    }

    private func bodyHasRoomAgain() {
        bodyHasRoom = true
        connection?.resumeReading()
    }

    private func answerEnded() {
        answering = nil
        isStreaming = false
        guard let connection else { return done.succeed() }
        answerNext()
        connection.resumeReading()
    }

    private static func send(
        _ response: Response,
        to request: RequestName,
        through exchanges: NIOLoopBound<Exchanges>
    ) async {
        do {
            switch response.body {
            case .whole(let body) where body.readableBytes <= copiedBytes:
                exchanges.value.connection?.answer(
                    request,
                    response.status,
                    response.headers,
                    body: body
                )
            case .whole(let body):
                exchanges.value.begin(response, to: request)
                try await send(body, through: exchanges)
                exchanges.value.connection?.endAnswer()
            case .parts(let write):
                exchanges.value.begin(response, to: request)
                try await write { part in try await send(part, through: exchanges) }
                exchanges.value.connection?.endAnswer()
            }
        } catch {
            // What was promised cannot be sent; closing is the only way to say so.
            exchanges.value.channel.close(promise: nil)
        }
    }

    /// Sends a part of an answer, no faster than the client takes it.
    private static func send(_ part: ByteBuffer, through exchanges: NIOLoopBound<Exchanges>) async throws {
        try Task.checkCancellation()
        if exchanges.eventLoop.inEventLoop {
            try await exchanges.value.send(part)?.get()
        } else {
            // A task of the body's own making does not run on the event loop.
            let sent = try await exchanges.eventLoop.submit { try exchanges.value.send(part) }.get()
            try await sent?.get()
        }
    }

    private func begin(_ response: Response, to request: RequestName) {
        // An answer of known length comes to its end by itself.
        if case .parts = response.body { isStreaming = true }
        if isStreaming, inputHasEnded { answering?.cancel() }
        connection?.beginAnswer(request, response.status, response.headers)
    }

    /// Sends a part of an answer.
    ///
    /// - Returns: When the client has taken it, if it is to be waited for; nil while there is room.
    /// - Throws: When the connection is closed.
    private func send(_ part: ByteBuffer) throws -> EventLoopFuture<Void>? {
        guard let connection else { throw ChannelError.ioOnClosedChannel }
        return try connection.continueAnswer(part)
    }
}

extension ByteBuffer {
    /// Appends bytes, without copying them when they are the first.
    mutating func setOrWriteImmutableBuffer(_ bytes: ByteBuffer) {
        if readableBytes == 0 { self = bytes } else { writeImmutableBuffer(bytes) }
    }
}
