import Curl
import Testing

@Suite struct ExchangeTests {
    @Test(arguments: [
        (CurlRequest.Method.get, nil as String?, nil as String?),
        (.delete, nil, nil),
        (.options, nil, nil),
        (.post, nil, "0"),
        (.post, "", "0"),
        (.post, "{\"a\":1}", "7"),
        (.put, "zażółć", "10"),
        (.patch, nil, "0"),
        (.delete, "x", "1"),
        (.init(rawValue: "BREW"), "pot", "3"),
    ])
    func `method and body arrive as given`(method: CurlRequest.Method, body: String?, length: String?)
        async throws
    {
        let log = Log<ReceivedRequest>()
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                log.append(request)
                connection.respond(body: "fine")
            }
        }
        defer { server.stop() }
        let client = try makeClient()
        let response = try await client.send(
            CurlRequest(method: method, url: "\(server.origin)/a/b?c=d", body: body.map { Array($0.utf8) }),
            timeout: longestWait
        )
        #expect(response.status == 200)
        #expect(response.body == Array("fine".utf8))
        let request = try #require(log.elements.first)
        #expect(request.line == "\(method) /a/b?c=d HTTP/1.1")
        #expect(request.body == Array((body ?? "").utf8))
        #expect(request.header("Content-Length") == length)
        #expect(request.header("Content-Type") == nil)
        #expect(request.header("Expect") == nil)
        #expect(request.header("User-Agent") == "highscores")
    }

    @Test func `the answer to HEAD has headers and no body`() async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\nX-Note: there\r\n\r\n")
            }
        }
        defer { server.stop() }
        let client = try makeClient()
        let request = CurlRequest(method: .head, url: server.origin)
        for _ in 1...2 {
            let response = try await client.send(request, timeout: longestWait)
            #expect(response.status == 200)
            #expect(response.headers["x-note"] == "there")
            #expect(response.body.isEmpty)
        }
        #expect(server.accepted == 1)
    }

    @Test func `headers are sent in order, empty ones too, and found again in any case`() async throws {
        let log = Log<ReceivedRequest>()
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                log.append(request)
                connection.respond("200 OK", ["SET-THING: one", "set-thing:   two  ", "Empty:"])
            }
        }
        defer { server.stop() }
        let client = try makeClient()
        let response = try await client.send(
            CurlRequest(
                url: server.origin,
                headers: [
                    ("Authorization", "Bearer x"), ("X-Empty", ""), ("Content-Type", "text/plain"),
                    ("X-Last", "ü"),
                ]
            ),
            timeout: longestWait
        )
        let sent = try #require(log.elements.first)
        #expect(
            sent.headers.suffix(4) == [
                "Authorization: Bearer x", "X-Empty:", "Content-Type: text/plain", "X-Last: ü",
            ]
        )
        #expect(response.headers.values(of: "Set-Thing") == ["one", "two"])
        #expect(response.headers["EMPTY"]?.isEmpty == true)
        #expect(response.headers["absent"] == nil)
    }

    @Test func `an error page of a proxy is a response like any other`() async throws {
        let page = "<html><body><h1>502 Bad Gateway</h1></body></html>"
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write(
                "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n\(page)"
            )
        }
        defer { server.stop() }
        let response = try await makeClient().send(CurlRequest(url: server.origin), timeout: longestWait)
        #expect(response.status == 502)
        #expect(response.headers["content-type"] == "text/html")
        #expect(response.body == Array(page.utf8))
    }

    @Test func `redirects are handed out, not followed`() async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.respond("302 Found", ["Location: /elsewhere", "Set-Cookie: a=b"])
            }
        }
        defer { server.stop() }
        let client = try makeClient()
        let response = try await client.send(CurlRequest(url: server.origin), timeout: longestWait)
        #expect(response.status == 302)
        #expect(response.headers["location"] == "/elsewhere")
    }

    @Test func `cookies are not sent back`() async throws {
        let log = Log<ReceivedRequest>()
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                log.append(request)
                connection.respond("200 OK", ["Set-Cookie: a=b; Path=/"])
            }
        }
        defer { server.stop() }
        let client = try makeClient()
        for _ in 1...2 {
            _ = try await client.send(CurlRequest(url: server.origin), timeout: longestWait)
        }
        #expect(log.elements.map { $0.header("Cookie") } == [nil, nil])
    }

    @Test func `interim responses and trailers leave the final head alone`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Final: yes\r\n\r\n")
            connection.write("3\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: late\r\n\r\n")
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let response = try await makeClient().send(CurlRequest(url: server.origin), timeout: longestWait)
        #expect(response.status == 200)
        #expect(response.body == Array("abcde".utf8))
        #expect(response.headers["x-final"] == "yes")
        #expect(response.headers["link"] == nil)
        #expect(response.headers["x-trailer"] == nil)
    }

    @Test func `a large body arrives whole`() async throws {
        let log = Log<ReceivedRequest>()
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                log.append(request)
                connection.respond(body: String(decoding: request.body, as: UTF8.self))
            }
        }
        defer { server.stop() }
        let body = (0..<3_000_000).map { UInt8(ascii: "a") + UInt8($0 % 26) }
        let response = try await makeClient().send(
            CurlRequest(method: .post, url: server.origin, body: body),
            timeout: longestWait
        )
        #expect(log.elements.map(\.body) == [body])
        #expect(response.body == body)
    }
}
