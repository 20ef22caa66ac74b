import HTTPTypes
import Leaderboards
import NIOCore
import Scoring
import ServiceLifecycle
import Testing

@testable import Web

/// The edge over real sockets.
@Suite(.timeLimit(.minutes(10))) struct LiveServerTests {
    let edge = TestEdge()

    private static func submission(length: Int, more: String = "") -> String {
        "POST /v1/scores HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer run\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(length)\r\n\(more)\r\n"
    }

    private static func update(_ more: String, secret: String = TestEdge.secret) -> String {
        "POST /telegram/7 HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: \(secret)\r\n\(more)\r\n"
    }

    @Test func `a score goes in and its place comes out`() async throws {
        try await withServer(edge.services) { port, _ in
            let answer = try await RawClient.exchange(
                Self.submission(length: 14, more: "Connection: close\r\n") + #"{"score":1234}"#,
                port: port
            )
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n" + Example.receipt))
            #expect(
                answer.contains("\r\nConnection: close\r\n") || answer.contains("\r\nconnection: close\r\n")
            )
        }
    }

    @Test func `one connection serves many requests, in their order`() async throws {
        try await withServer(edge.services) { port, _ in
            let requests =
                Self.submission(length: 11) + #"{"score":1}"# + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                + "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + "PURGE /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
                + "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = try await RawClient.exchange(requests, port: port)
            let statuses = answer.components(of: "HTTP/1.1 ").map { $0.prefix(3) }
            #expect(statuses == ["200", "200", "200", "405", "404"])
        }
    }

    @Test func `nothing is taken after the request that was to be the last`() async throws {
        try await withServer(edge.services) { port, _ in
            let answer = try await RawClient.exchange(
                "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n" + Self.submission(length: 11)
                    + #"{"score":1}"#,
                port: port
            )
            #expect(answer.components(of: "HTTP/1.1 ").count == 1)
            #expect(edge.submissions.isEmpty)
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.0\r\n\r\n",
        "GET http://x/healthz?a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ])
    func `older and longer ways to ask are understood`(request: String) async throws {
        try await withServer(edge.services) { port, _ in
            let answer = try await RawClient.exchange(request, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.hasSuffix(#"{"status":"ok"}"#))
        }
    }

    @Test func `operators may have an address of their own`() async throws {
        let (adminPorts, adminPort) = AsyncStream.makeStream(of: Int.self)
        try await withServer(edge.services, operators: { adminPort.yield($0) }) { port, _ in
            let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            #expect(try await RawClient.exchange(request, port: port).hasPrefix("HTTP/1.1 404 "))
            let admin = try #require(await adminPorts.first { _ in true })
            #expect(try await RawClient.exchange(request, port: admin).hasSuffix("\r\n\r\nup 1\n"))
        }
    }

    // MARK: - Bodies

    @Test(arguments: ["Content-Length: 20\r\n", "Transfer-Encoding: chunked\r\n"])
    func `a body that is cut off leaves nothing behind`(framing: String) async throws {
        let head =
            "POST /v1/scores HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer run\r\nContent-Type: application/json\r\n"
            + framing + "\r\n"
        // Complete JSON, so that only the framing tells that something is missing.
        let body = framing.hasPrefix("T") ? "b\r\n{\"score\":1}\r\n" : #"{"score":1}"#
        try await withServer(edge.services) { port, _ in
            let answer = try await RawClient.exchange(head + body, port: port, thenFinishes: true)
            #expect(!answer.contains("HTTP/1.1 200"))
        }
        #expect(edge.submissions.isEmpty)
    }

    @Test func `a sender of updates is judged before the body is sent`() async throws {
        try await withServer(edge.services) { port, _ in
            let answer = try await RawClient.exchange(
                Self.update("Content-Length: 100000\r\n", secret: "x"),
                port: port
            )
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
        }
        #expect(edge.updates.isEmpty)
    }

    @Test func `a body that says it is too long is refused before it is sent`() async throws {
        try await withServer(edge.services) { port, _ in
            let update = try await RawClient.exchange(Self.update("Content-Length: 524289\r\n"), port: port)
            #expect(update.hasPrefix("HTTP/1.1 413 "))
            let score = try await RawClient.exchange(Self.submission(length: 16_385 + 16_384), port: port)
            #expect(score.hasPrefix("HTTP/1.1 413 "))
            #expect(score.contains(#""code":"body_too_large""#))
        }
    }

    @Test(arguments: [(512 * 1024, "200"), (512 * 1024 + 1, "413")])
    func `an update of the longest length arrives whole`(length: Int, status: String) async throws {
        let body = String(repeating: " ", count: length)
        try await withServer(edge.services) { port, _ in
            let declared = try await RawClient.exchange(
                Self.update("Connection: close\r\nContent-Length: \(length)\r\n")
                    + (status == "200" ? body : ""),
                port: port
            )
            #expect(declared.hasPrefix("HTTP/1.1 \(status) "))
            let chunked = try await RawClient.exchange(
                Self.update("Connection: close\r\nTransfer-Encoding: chunked\r\n")
                    + String(length, radix: 16) + "\r\n" + body + "\r\n0\r\n\r\n",
                port: port
            )
            #expect(chunked.hasPrefix("HTTP/1.1 \(status) "))
        }
        #expect(edge.updates.all.map(\.count) == (status == "200" ? [length, length] : []))
    }

    @Test(arguments: [(4096, "malformed_json"), (4097, "malformed_request")])
    func `a body comes in so many pieces at the most`(count: Int, code: String) async throws {
        try await withServer(edge.services) { port, _ in
            let head =
                "POST /v1/launches HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
            let chunks = String(repeating: "1\r\n \r\n", count: count) + "0\r\n\r\n"
            let answer = try await RawClient.exchange(head + chunks, port: port)
            #expect(answer.contains(#""code":"\#(code)""#))
        }
    }

    @Test func `a client of HTTP 1.0 is given no leave that it would not understand`() async throws {
        try await withServer(edge.services) { port, _ in
            let head = Self.submission(length: 11, more: "Expect: 100-continue\r\n")
                .replacing("HTTP/1.1", with: "HTTP/1.0")
            let answer = try await RawClient.exchange(head + #"{"score":1}"#, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `a body may wait for leave to be sent`() async throws {
        try await withServer(edge.services) { port, _ in
            let answer = try await RawClient.exchange(
                Self.submission(length: 11, more: "Expect: 100-continue\r\nConnection: close\r\n")
                    + #"{"score":1}"#,
                port: port
            )
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    // MARK: - Time

    @Test(arguments: [
        "P", "POST /v1/scores HTTP/1.1\r\nHost: x\r\n", submission(length: 11),
        submission(length: 11) + #"{"score":"#,
        update("Transfer-Encoding: chunked\r\n") + "5\r\n{    \r\n",
    ])
    func `a request that does not come to its end is told so`(sent: String) async throws {
        let limits = ConnectionLimits(
            read: .milliseconds(200),
            idle: .seconds(60),
            closeDelay: .milliseconds(200)
        )
        try await withServer(edge.services, limits: limits) { port, _ in
            let answer = try await RawClient.exchange(sent, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains(#""code":"request_timeout""#))
            #expect(
                answer.contains("access-control-allow-origin: *")
                    || answer.contains("Access-Control-Allow-Origin: *")
            )
        }
        #expect(edge.submissions.isEmpty)
        #expect(edge.updates.isEmpty)
        #expect(edge.events.all.contains(.cutOff(.requestTimeout)))
    }

    @Test(arguments: ["", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"])
    func `an idle connection is closed without a word`(sent: String) async throws {
        let limits = ConnectionLimits(read: .seconds(60), idle: .seconds(5))
        try await withServer(edge.services, limits: limits) { port, _ in
            let answer = try await RawClient.exchange(sent, port: port)
            #expect(answer.components(of: "HTTP/1.1 ").count == (sent.isEmpty ? 0 : 1))
        }
    }

    // MARK: - No HTTP

    @Test(arguments: [
        ("nonsense\r\n\r\n", "400", "malformed_request"),
        ("GET / HTTP/9.9\r\n\r\n", "400", "malformed_request"),
        ("GET /healthz HTTP/1.1\r\n\r\n", "400", "malformed_request"),
        ("GET http://x/healthz HTTP/1.1\r\n\r\n", "400", "malformed_request"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", "400", "malformed_request"),
        ("GET /healthz HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", "400", "malformed_request"),
        (
            "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 9223372036854775808\r\n\r\n", "400",
            "malformed_request"
        ),
        (
            "POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551616\r\n\r\n", "400",
            "malformed_request"
        ),
        (
            "POST /v1/runs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "400",
            "malformed_request"
        ),
        ("POST /v1/runs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "400", "malformed_request"),
        (
            "POST /v1/runs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400", "malformed_request"
        ),
        ("POST /v1/runs HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400", "malformed_request"),
        ("GET /healthz HTTP/1.1\r\nContent-Length: x\r\n\r\n", "400", "malformed_request"),
        ("GET /healthz HTTP/1.1\r\nbad header\r\n\r\n", "400", "malformed_request"),
        (
            "POST /v1/runs HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "400",
            "malformed_request"
        ),
        ("GET /\(String(repeating: "x", count: 40_000))", "431", "head_too_large"),
        ("GET /\(String(repeating: "x/", count: 4096)) HTTP/1.1\r\nHost: x\r\n\r\n", "431", "head_too_large"),
        (
            "GET /healthz?\(String(repeating: "a&", count: 4092)) HTTP/1.1\r\nHost: x\r\n\r\n", "431",
            "head_too_large"
        ),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n", "431", "head_too_large"),
    ])
    func `what is no good head is answered with a document`(sent: String, status: String, code: String)
        async throws
    {
        let limits = ConnectionLimits(closeDelay: .milliseconds(200))
        try await withServer(edge.services, limits: limits) { port, _ in
            let answer = try await RawClient.exchange(sent, port: port)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
            #expect(answer.contains(#""code":"\#(code)""#))
        }
    }

    // MARK: - The end

    @Test func `a request in flight is finished when the service stops, and readiness says so first`()
        async throws
    {
        let (entries, entered) = AsyncStream.makeStream(of: Void.self)
        let (releases, release) = AsyncStream.makeStream(of: Void.self)
        var edge = edge
        edge.services.submit = { _ throws(Refusal) in
            entered.yield()
            for await _ in releases { break }
            return Sample.receipt()
        }
        let (drains, drained) = AsyncStream.makeStream(of: Void.self)
        try await withServer(edge.services, drain: { for await _ in drains { break } }) { port, group in
            async let answer = RawClient.exchange(Self.submission(length: 11) + #"{"score":1}"#, port: port)
            for await _ in entries { break }
            await group.triggerGracefulShutdown()
            var readiness = ""
            while !readiness.hasPrefix("HTTP/1.1 503 ") {
                readiness = try await RawClient.exchange(
                    "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
                    port: port
                )
            }
            #expect(readiness.contains(#""code":"draining""#))
            drained.yield()
            release.yield()
            // The connection would stay open for another request, were the service not about to stop.
            #expect(try await answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }
}
