import HTTPTypes
import NIOCore
import Testing

@testable import Web

/// The way of requests to the routes and of their answers back.
@Suite struct ExchangeTests {
    private static let head = "HTTP/1.1 200 OK\r\n"

    private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

    @Test func `an answer is one write`() throws {
        let connection = try AnsweredConnection { _, _ in .json(Array("{}".utf8)) }
        try connection.send(Self.get("/"))
        let writes = try connection.received()
        #expect(writes.count == 1)
        #expect(writes.first?.hasPrefix(Self.head) == true)
        #expect(writes.first?.contains("\r\nContent-Length: 2\r\n") == true)
        #expect(writes.first?.hasSuffix("\r\n\r\n{}") == true)
    }

    @Test func `a request waits for the answer to the one before it`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let paths = Recorder<String>()
        let connection = try AnsweredConnection { request, _ in
            paths.record(request.path)
            if request.path == "/first" { for await _ in gate { break } }
            return Response(status: .ok, body: .whole(ByteBuffer(string: request.path)))
        }
        try connection.send(Self.get("/first") + Self.get("/second"))
        #expect(paths.all == ["/first"])
        #expect(try connection.received() == [])
        opening.yield()
        let writes = try connection.received()
        #expect(paths.all == ["/first", "/second"])
        #expect(writes.compactMap { $0.split(separator: "\r\n").last } == ["/first", "/second"])
    }

    @Test func `a client that sends on without listening is not read from for ever`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let connection = try AnsweredConnection { _, _ in
            for await _ in gate { break }
            return Response(status: .ok)
        }
        try connection.send(Self.get("/"))
        #expect(connection.exchanges.takesMore)
        for _ in 0..<16 { try connection.send(Self.get("/")) }
        #expect(!connection.exchanges.takesMore)
        for _ in 0..<17 {
            opening.yield()
            connection.run()
        }
        #expect(connection.exchanges.takesMore)
        #expect(try connection.received().count == 17)
    }

    @Test func `a client that takes no answers is not given more of them, nor read from`() throws {
        let paths = Recorder<String>()
        let connection = try AnsweredConnection { request, _ in
            paths.record(request.path)
            return Response(status: .ok)
        }
        connection.isWritable = false
        try connection.send(Self.get("/first") + Self.get("/second"))
        #expect(paths.isEmpty)
        connection.isWritable = true
        #expect(try connection.received().count == 2)
        #expect(paths.all == ["/first", "/second"])
    }

    @Test func `a request that stops behind another is not answered, and the one before it is`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let paths = Recorder<String>()
        let connection = try AnsweredConnection { request, _ in
            paths.record(request.path)
            for await _ in gate { break }
            return Response(status: .ok)
        }
        try connection.send(
            Self.get("/first") + "POST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
        )
        connection.wait(.seconds(10))
        opening.yield()
        let writes = try connection.received()
        #expect(writes.count == 2)
        #expect(writes.last?.hasPrefix("HTTP/1.1 408 ") == true)
        #expect(paths.all == ["/first"])
        connection.wait(.seconds(2))
        #expect(!connection.isOpen)
    }

    @Test func `a body may come after the answer to its head has begun to be made`() throws {
        let connection = try AnsweredConnection { request, _ in
            let bytes = (try? await request.readBody(limit: 100)) ?? Array("cut".utf8)
            return Response(status: .ok, body: .whole(ByteBuffer(bytes: bytes)))
        }
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n")
        try connection.send("abc")
        #expect(try connection.received() == [])
        try connection.send("def" + Self.get("/"))
        let writes = try connection.received()
        #expect(writes.count == 2)
        #expect(writes.first?.hasSuffix("abcdef") == true)
    }

    @Test(arguments: ["", "GET /before HTTP/1.1\r\nHost: x\r\n\r\n"])
    func `a body that is cut off is told as such, and the connection ends with the answer`(before: String)
        throws
    {
        let connection = try AnsweredConnection { request, _ in
            let body = try? await request.readBody(limit: 100)
            return Response(status: body == nil ? .badRequest : .ok)
        }
        try connection.send(
            before + "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        )
        connection.finishSending()
        #expect(try connection.received().last?.hasPrefix("HTTP/1.1 400 ") == true)
        #expect(!connection.isOpen)
    }

    @Test func `a client that has sent all gets its answers`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let connection = try AnsweredConnection { _, _ in
            for await _ in gate { break }
            return Response(status: .ok)
        }
        try connection.send(Self.get("/") + Self.get("/"))
        connection.finishSending()
        #expect(connection.isOpen)
        opening.yield()
        opening.yield()
        #expect(try connection.received().count == 2)
        #expect(!connection.isOpen)
    }

    // MARK: - Answers in parts

    @Test func `an answer whose length nobody knows is sent in chunks as they are made`() throws {
        let (parts, part) = AsyncStream.makeStream(of: String.self)
        let connection = try AnsweredConnection { _, _ in
            Response(
                status: .ok,
                body: .parts { send in
                    for await text in parts { try await send(ByteBuffer(string: text)) }
                }
            )
        }
        try connection.send(Self.get("/"))
        #expect(try connection.received() == ["\(Self.head)Transfer-Encoding: chunked\r\n\r\n"])
        part.yield("0123456789abcdef")
        #expect(try connection.received() == ["10\r\n0123456789abcdef\r\n"])
        part.yield("")
        #expect(try connection.received().joined() == "")
        part.finish()
        #expect(try connection.received() == ["0\r\n\r\n"])
        #expect(connection.isOpen)
    }

    @Test func `HTTP 1.0 knows no chunks: the answer ends with the connection`() throws {
        let (parts, part) = AsyncStream.makeStream(of: String.self)
        let connection = try AnsweredConnection { request, _ in
            guard request.path == "/stream" else { return Response(status: .ok) }
            return Response(
                status: .ok,
                body: .parts { send in
                    for await text in parts { try await send(ByteBuffer(string: text)) }
                }
            )
        }
        try connection.send(Self.get("/") + "GET /stream HTTP/1.0\r\n\r\n")
        part.yield("event")
        part.finish()
        let text = try connection.received().joined()
        #expect(text.hasSuffix("\(Self.head)Connection: close\r\n\r\nevent"))
        #expect(!connection.isOpen)
    }

    @Test func `an answer that breaks off closes the connection instead of ending`() throws {
        let connection = try AnsweredConnection { _, _ in
            Response(status: .ok, body: .parts { _ in throw RequestCutOff() })
        }
        try connection.send(Self.get("/"))
        #expect(try connection.received() == ["\(Self.head)Transfer-Encoding: chunked\r\n\r\n"])
        #expect(!connection.isOpen)
    }

    @Test(arguments: [true, false])
    func `an endless answer ends when its reader leaves`(halfway: Bool) throws {
        let (parts, part) = AsyncStream.makeStream(of: String.self)
        let ends = Recorder<Bool>()
        let connection = try AnsweredConnection { _, _ in
            Response(
                status: .ok,
                body: .parts { send in
                    for await text in parts { try await send(ByteBuffer(string: text)) }
                    ends.record(Task.isCancelled)
                }
            )
        }
        try connection.send(Self.get("/"))
        if halfway { connection.finishSending() } else { connection.close() }
        connection.run()
        #expect(ends.all == [true])
        #expect(!connection.isOpen)
        part.finish()
    }

    @Test func `the connection is done once it is closed and its last answer has been made`() throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        let connection = try AnsweredConnection { _, _ in
            for await _ in gate { break }
            return Response(status: .ok)
        }
        let dones = Recorder<Bool>()
        connection.exchanges.isDone.whenSuccess { dones.record(true) }
        try connection.send(Self.get("/"))
        connection.close()
        connection.run()
        #expect(dones.isEmpty)
        opening.yield()
        connection.run()
        #expect(dones.all == [true])
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00"), (784_111_777, "Sun, 06 Nov 1994 08:49:37"),
        (1_709_210_096, "Thu, 29 Feb 2024 12:34:56"),
    ])
    func `the time of an answer is written as HTTP wants it`(second: Int, text: String) {
        #expect(String(decoding: DateLine.line(second), as: UTF8.self) == "Date: \(text) GMT\r\n")
    }
}
