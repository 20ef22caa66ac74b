import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import Web

/// The guards of a connection, in a time that passes only when told to.
@Suite struct ConnectionTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"

    let connection: EmbeddedConnection

    init() throws { connection = try EmbeddedConnection() }

    // MARK: - Time

    @Test(arguments: ["G", "GET / HTTP/1.1\r\n", post, post + "1234"])
    func `a request has ten seconds to come to its end`(sent: String) throws {
        try connection.send(sent)
        connection.wait(.milliseconds(9_999))
        #expect(try connection.received() == "")
        #expect(connection.isOpen)
        connection.wait(.milliseconds(1))
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
        #expect(connection.events.all == [.cutOff(.requestTimeout)])
        connection.wait(.seconds(2))
        #expect(!connection.isOpen)
        #expect(connection.passedOn.last == (sent.hasPrefix("P") ? "cut" : nil))
    }

    @Test func `drops that keep coming do not buy more time`() throws {
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n")
        for _ in 0..<9 {
            connection.wait(.seconds(1))
            try connection.send("x")
        }
        #expect(try connection.received() == "")
        connection.wait(.seconds(1))
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a head and a body have ten seconds each`() throws {
        try connection.send("POST / HTTP/1.1\r\n")
        connection.wait(.seconds(9))
        try connection.send("Host: x\r\nContent-Length: 5\r\n\r\n")
        connection.wait(.seconds(9))
        try connection.send("12345")
        #expect(connection.passedOn == ["head", "body", "end"])
        connection.wait(.seconds(60))
        #expect(connection.isOpen)
    }

    @Test func `a connection without a request is closed after thirty seconds`() throws {
        connection.wait(.milliseconds(29_999))
        #expect(connection.isOpen)
        connection.wait(.milliseconds(1))
        #expect(!connection.isOpen)
        #expect(try connection.received() == "")
        #expect(connection.events.isEmpty)
    }

    @Test func `the thirty seconds begin with the last answer`() throws {
        for _ in 0..<5 {
            connection.wait(.seconds(29))
            try connection.send(Self.get)
            // An answer may take its time; its limits are those of the layers below.
            connection.wait(.seconds(120))
            try connection.answer()
        }
        connection.wait(.milliseconds(29_999))
        #expect(connection.isOpen)
        connection.wait(.milliseconds(1))
        #expect(!connection.isOpen)
    }

    @Test func `a client that does not take its answer is left after thirty seconds`() throws {
        try connection.send(Self.get)
        connection.channel.isWritable = false
        connection.channel.pipeline.fireChannelWritabilityChanged()
        connection.wait(.milliseconds(29_999))
        #expect(connection.isOpen)
        connection.wait(.milliseconds(1))
        #expect(!connection.isOpen)
    }

    @Test func `a client that takes its answer slowly is not left`() throws {
        try connection.send(Self.get)
        for isWritable in [false, true, false, true] {
            connection.channel.isWritable = isWritable
            connection.channel.pipeline.fireChannelWritabilityChanged()
            connection.wait(.seconds(20))
        }
        #expect(connection.isOpen)
    }

    @Test(arguments: ["", "1234"]) func `the rest of a body that was answered before has ten seconds, too`(
        sent: String
    ) throws {
        try connection.send(Self.post)
        try connection.answer(.unauthorized)
        _ = try connection.received()
        try connection.send(sent)
        connection.wait(.milliseconds(9_999))
        #expect(connection.isOpen)
        connection.wait(.milliseconds(1))
        #expect(!connection.isOpen)
        #expect(try connection.received() == "", "it has its answer")
    }

    @Test func `a body that stops behind an answer under way is told so after it`() throws {
        try connection.send(Self.get + Self.post + "12")
        connection.wait(.seconds(60))
        #expect(connection.passedOn == ["head", "end", "head", "body", "withdrawn"])
        #expect(try connection.received() == "")
        try connection.answer()
        let answers = try connection.received()
        #expect(answers.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answers.contains("HTTP/1.1 408 "))
        connection.wait(.seconds(2))
        #expect(!connection.isOpen)
    }

    // MARK: - Several requests

    @Test(arguments: [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n",
        "Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\nSec-WebSocket-Version: 13\r\n",
        "CONNECTION:upgrade\r\nUPGRADE:h2c\r\n",
        "Connection: keep-alive\r\nConnection:\tupgrade \r\nUpgrade: a, b\r\n", "Upgrade: h2c\r\n",
        "Connection: Upgrade\r\n", "Connection: upgraded\r\nUpgrade: h2c\r\n",
    ])
    func `an offer of another protocol is passed over`(offer: String) throws {
        let get = "GET / HTTP/1.1\r\nHost: x\r\n\(offer)\r\n"
        let post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\(offer)\r\n12345"
        // In one piece, in pieces of all lengths, and byte by byte.
        let all = get + get + post + Self.get + post + get
        for length in [all.utf8.count, 1, 2, 3, 7, 64, 100] {
            let connection = try EmbeddedConnection()
            var rest = all.utf8[...]
            while !rest.isEmpty {
                try connection.send(String(Substring(rest.prefix(length))))
                rest = rest.dropFirst(length)
            }
            #expect(connection.passedOn.count { $0 == "end" } == 6, "\(length): \(connection.passedOn)")
            for _ in 0..<6 { try connection.answer() }
            #expect(try connection.received().components(of: "HTTP/1.1 200 OK").count == 6)
            #expect(connection.isOpen)
        }
    }

    @Test func `behind a request in HTTP 1.0 nothing is read`() throws {
        try connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + Self.get)
        #expect(connection.passedOn == ["head", "end"])
        try connection.answer()
        #expect(try connection.received().contains("close\r\n"))
        #expect(!connection.isOpen)
    }

    @Test func `what is no HTTP waits for the answers before it`() throws {
        try connection.send(Self.get + "nonsense\r\n\r\n")
        #expect(try connection.received() == "")
        try connection.answer()
        let answers = try connection.received()
        #expect(answers.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answers.contains("HTTP/1.1 400 "))
        connection.wait(.seconds(2))
        #expect(!connection.isOpen)
    }

    @Test func `nothing is passed on after the last request`() throws {
        try connection.send(
            "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + Self.post + "12345" + Self.get
        )
        #expect(connection.passedOn == ["head", "end"])
        try connection.answer()
        #expect(try connection.received().contains("close"))
        #expect(!connection.isOpen)
    }

    @Test func `an early answer leaves the connection in use when little is left of the body`() throws {
        try connection.send(Self.post)
        try connection.answer(.unauthorized)
        let answer = try connection.received()
        #expect(answer.hasPrefix("HTTP/1.1 401 Unauthorized\r\nDate: "))
        #expect(answer.contains(" GMT\r\nX-Request-Id: "))
        #expect(answer.hasSuffix("\r\nContent-Length: 0\r\n\r\n"))
        try connection.send("12345" + Self.get)
        try connection.answer()
        #expect(try connection.received().hasPrefix("HTTP/1.1 200 OK"))
        #expect(connection.isOpen)
    }

    @Test(arguments: [
        "Content-Length: 16385", "Transfer-Encoding: chunked", "Content-Length: 99999999999999999999999",
    ])
    func `an early answer is the last when much may be left of the body`(framing: String) throws {
        try connection.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
        if connection.passedOn == ["head"] { try connection.answer(.unauthorized) }
        let answer = try connection.received()
        #expect(answer.hasPrefix("HTTP/1.1 4"))
        #expect(answer.contains("close\r\n"))
        try? connection.send(String(repeating: "x", count: 1000))
        #expect(!connection.passedOn.contains("body"))
        connection.wait(.seconds(2))
        #expect(!connection.isOpen)
    }

    // MARK: - The end

    @Test func `a body whose connection ends is not passed on as complete`() throws {
        try connection.send(Self.post + "123")
        _ = try connection.channel.finish(acceptAlreadyClosed: true)
        #expect(connection.passedOn.prefix(2) == ["head", "body"])
        #expect(connection.passedOn.contains("cut"))
        #expect(!connection.passedOn.contains("end"))
    }

    @Test func `an answer to a request that was given up is dropped`() throws {
        try connection.send(Self.post)
        connection.wait(.seconds(10))
        _ = try connection.received()
        try connection.answer(.badRequest)
        #expect(try connection.received() == "")
    }

    @Test func `a connection without a request closes when the service stops`() throws {
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(!connection.isOpen)
    }

    @Test func `a request that is here is answered when the service stops`() throws {
        try connection.send(Self.get)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(connection.isOpen)
        try connection.answer()
        #expect(try connection.received().contains("close\r\n"))
        #expect(!connection.isOpen)
    }

    @Test func `a request that is still coming has two seconds when the service stops`() throws {
        try connection.send(Self.post)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        connection.wait(.milliseconds(1_999))
        #expect(try connection.received() == "")
        connection.wait(.milliseconds(1))
        #expect(try connection.received().hasPrefix("HTTP/1.1 408 "))
    }
}
