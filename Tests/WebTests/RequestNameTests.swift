import HTTPTypes
import Instruments
import JSON
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Every answer says what its request is called, and whatever works for a request knows that.
@Suite(.timeLimit(.minutes(10))) struct RequestNameTests {
    /// The names in the heads of answers.
    private static func names(in text: String) -> [String] {
        text.components(of: "X-Request-Id: ").map { String($0.prefix { $0 != "\r\n" }) }
    }

    private static func get(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(more)\r\n"
    }

    @Test func `digits are those of the number`() {
        let all = RequestName.drawn(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210)
        #expect(all.description == "0123456789abcdeffedcba9876543210")
        #expect(RequestName.drawn(0, .max).description == "0000000000000000ffffffffffffffff")
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let (first, second) = (generator.next(), generator.next())
            let digits = [first, second].map { number in
                let text = String(number, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }
            #expect(RequestName.drawn(first, second).description == digits.joined())
        }
    }

    @Test func `requests of a connection have names that follow one another`() throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.get("/") + Self.get("/"))
        for _ in 0..<2 { try connection.answer() }
        #expect(
            try Self.names(in: connection.received()) == [
                "0123456789abcdef0000000000000000", "0123456789abcdef0000000000000001",
            ]
        )
    }

    @Test(arguments: ["a", "5d0a4e61-9a37", "!~\"\\", String(repeating: "x", count: 64)])
    func `a caller's own name is kept`(_ name: String) throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.get("/", "x-request-ID: \(name)\r\n"))
        try connection.answer()
        #expect(try Self.names(in: connection.received()) == [name])
    }

    @Test(arguments: ["", "a b", "ü", "a\tb", String(repeating: "x", count: 65)])
    func `what can be no name is replaced`(_ name: String) throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.get("/", "X-Request-Id: \(name)\r\n"))
        try connection.answer()
        #expect(try Self.names(in: connection.received()) == ["0123456789abcdef0000000000000000"])
    }

    @Test func `of two names the first that can be one is kept`() throws {
        let connection = try EmbeddedConnection()
        try connection.send(Self.get("/", "X-Request-Id: \r\nX-Request-Id: b\r\nX-Request-Id: c\r\n"))
        try connection.answer()
        #expect(try Self.names(in: connection.received()) == ["b"])
    }

    @Test func `what is no request gets a name, and one that is cut off keeps its own`() throws {
        let mess = try EmbeddedConnection()
        try mess.send("\u{1}\r\n\r\n")
        #expect(try Self.names(in: mess.received()).count == 1)
        let slow = try EmbeddedConnection()
        try slow.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nX-Request-Id: mine\r\n\r\n")
        slow.wait(.seconds(10))
        #expect(try Self.names(in: slow.received()) == ["mine"])
        // Behind an answer it has the name of its own, too; what comes after a whole request has not that one's.
        let second = try EmbeddedConnection()
        try second.send(Self.get("/", "X-Request-Id: first\r\n") + "\u{1}\r\n\r\n")
        try second.answer()
        #expect(try Self.names(in: second.received()) == ["first", "0123456789abcdef0000000000000000"])
    }

    @Test func `whatever answers a request knows its name`() throws {
        let seen = Recorder<String>()
        let connection = try AnsweredConnection { _, _ in
            seen.record(RequestName.current?.description ?? "none")
            return Response(
                status: .ok,
                body: .parts { _ in seen.record(RequestName.current?.description ?? "none") }
            )
        }
        try connection.send(Self.get("/", "X-Request-Id: a\r\n") + Self.get("/"))
        connection.run()
        let drawn = "00000000000000010000000000000001"
        #expect(seen.all == ["a", "a", drawn, drawn])
    }

    @Test func `every answer of both listeners carries it`() async throws {
        let edge = TestEdge()
        let operators = Mutex(0)
        try await withServer(edge.services, operators: { port in operators.withLock { $0 = port } }) {
            port,
            _ in
            let head = "Host: x\r\nConnection: close\r\nX-Request-Id: mine\r\n"
            let submission =
                "Authorization: Bearer run\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n"
            for (request, status) in [
                ("GET /v1/leaderboard HTTP/1.1\r\nAuthorization: Bearer run\r\n\(head)\r\n", "200"),
                ("GET /v1/leaderboard HTTP/1.1\r\n\(head)\r\n", "401"),
                ("HEAD /sdk/highscores.js HTTP/1.1\r\n\(head)\r\n", "200"),
                ("GET /sdk/highscores.js HTTP/1.1\r\nIf-None-Match: *\r\n\(head)\r\n", "304"),
                ("OPTIONS /v1/scores HTTP/1.1\r\n\(head)\r\n", "204"),
                ("GET /nowhere HTTP/1.1\r\n\(head)\r\n", "404"),
                ("PURGE /healthz HTTP/1.1\r\n\(head)\r\n", "405"),
                ("POST /v1/scores HTTP/1.1\r\n\(head)\(submission)" + #"{"score":1}"#, "200"),
                ("POST /v1/scores HTTP/1.1\r\n\(head)\(submission)" + #"{"score":-}"#, "400"),
                ("GET /openapi.json HTTP/1.1\r\n\(head)\r\n", "200"),
            ] {
                let answer = try await RawClient.exchange(request, port: port)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request)")
                #expect(Self.names(in: answer) == ["mine"], "\(request)")
            }
            let unnamed = try await RawClient.exchange(
                Self.get("/metrics", "Connection: close\r\n"),
                port: port
            )
            #expect(Self.names(in: unnamed).first?.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            let mess = try await RawClient.exchange("no HTTP at all\r\n\r\n", port: port)
            #expect(mess.hasPrefix("HTTP/1.1 400 ") && Self.names(in: mess).count == 1)
            let admin = operators.withLock(\.self)
            let metrics = try await RawClient.exchange("GET /metrics HTTP/1.1\r\n\(head)\r\n", port: admin)
            #expect(metrics.hasPrefix("HTTP/1.1 200 ") && Self.names(in: metrics) == ["mine"])
        }
    }

    @Test func `the document of the API tells of it in every response`() throws {
        let document = try JSON.parse(OpenAPIDocument.bytes)
        let paths = try #require(document["paths"])
        var count = 0
        for (_, path) in paths.entries {
            for (_, operation) in path.entries {
                guard let responses = operation["responses"] else { continue }
                for (_, response) in responses.entries {
                    #expect(
                        response["headers"]?["X-Request-Id"]?["$ref"]?.string
                            == "#/components/headers/X-Request-Id"
                    )
                    count += 1
                }
            }
        }
        #expect(count > 50)
        #expect(document["components"]?["headers"]?["X-Request-Id"]?["required"] != nil)
    }
}
