import Curl
import Testing

@Suite struct ConnectionTests {
    @Test func `requests one after another share a connection`() async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.respond(body: "ok")
            }
        }
        defer { server.stop() }
        let client = try makeClient()
        for _ in 1...50 {
            let response = try await client.send(CurlRequest(url: server.origin), timeout: longestWait)
            #expect(response.status == 200)
        }
        #expect(server.accepted == 1)
    }

    @Test func `connections that the server closes are closed here too`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.respond("200 OK", ["Connection: close"])
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let client = try makeClient()
        for _ in 1...100 {
            _ = try await client.send(CurlRequest(url: server.origin), timeout: longestWait)
        }
        // The script of a connection ends only when this side has closed it.
        await server.waitUntilEnded(100)
        #expect(server.accepted == 100)
    }

    @Test func `a kept-alive connection found dead costs a repeatable request nothing`() async throws {
        let log = Log<String>()
        let server = try dyingServer(log)
        defer { server.stop() }
        let client = try makeClient()
        for path in ["/first", "/second"] {
            let response = try await client.send(
                CurlRequest(method: .put, url: server.origin + path, body: [1]),
                timeout: longestWait
            )
            #expect(response.status == 200)
        }
        #expect(log.elements == ["PUT /first HTTP/1.1", "PUT /second HTTP/1.1", "PUT /second HTTP/1.1"])
    }

    @Test func `a request that must not be repeated is sent once even if its connection dies`() async throws {
        let log = Log<String>()
        let server = try dyingServer(log)
        defer { server.stop() }
        let client = try makeClient()
        _ = try await client.send(
            CurlRequest(method: .post, url: "\(server.origin)/first", body: [1]),
            timeout: longestWait
        )
        let error = await failure(
            of: CurlRequest(method: .post, url: "\(server.origin)/second", body: [1]),
            with: client
        )
        #expect(error?.code == .receiveFailed)
        #expect(error?.requestMayHaveBeenSent == true)
        #expect(log.elements == ["POST /first HTTP/1.1", "POST /second HTTP/1.1"])
    }

    /// The first connection answers one request, reads another and drops it; later connections answer.
    private func dyingServer(_ log: Log<String>) throws -> RawServer {
        let isFirst = Occupancy()
        return try RawServer { connection in
            isFirst.enter()
            let answers = isFirst.peak == 1 ? 1 : .max
            var answered = 0
            while let request = connection.readRequest() {
                log.append(request.line)
                guard answered < answers else {
                    return
                }
                connection.respond(body: "ok")
                answered += 1
            }
        }
    }

    @Test(arguments: [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nhe",
    ])
    func `a connection dropped before the response is whole is an error`(sent: String) async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write(sent)
        }
        defer { server.stop() }
        let error = try await failure(of: CurlRequest(url: server.origin), with: makeClient())
        #expect(error?.code == .receiveFailed)
        #expect(error?.requestMayHaveBeenSent == true)
    }

    @Test func `nobody listening is a failure to connect, and nothing was sent`() async throws {
        // A free port could be taken by another test meanwhile; nobody listens on number one.
        let error = try await failure(of: CurlRequest(url: "http://127.0.0.1:1/"), with: makeClient())
        #expect(error?.code == .couldNotConnect)
        #expect(error?.requestMayHaveBeenSent == false)
        #expect(error?.systemError == 111)
    }

    @Test func `a name without an address could not be resolved`() async throws {
        // One label longer than names may have, so that no name server is asked.
        let host = String(repeating: "x", count: 64)
        let error = try await failure(of: CurlRequest(url: "http://\(host).invalid/"), with: makeClient())
        #expect(error?.code == .couldNotResolve)
        #expect(error?.requestMayHaveBeenSent == false)
    }

    @Test func `a server that speaks no HTTP is a failure to receive`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write("SSH-2.0-OpenSSH_9.2\r\n")
        }
        defer { server.stop() }
        let error = try await failure(of: CurlRequest(url: server.origin), with: makeClient())
        #expect(error?.code != nil)
        #expect(error?.requestMayHaveBeenSent == true)
    }
}
