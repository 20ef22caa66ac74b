import Testing

@testable import Curl

@Suite struct LimitTests {
    @Test(arguments: [(1000, true), (1001, false)])
    func `a body may be as large as the limit and no larger`(size: Int, isAccepted: Bool) async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.respond(body: String(repeating: "x", count: size))
            }
        }
        defer { server.stop() }
        let client = try makeClient { $0.maximumResponseBytes = 1000 }
        let error = await failure(of: CurlRequest(url: server.origin), with: client)
        #expect(error?.code == (isAccepted ? nil : .tooLarge))
    }

    @Test func `a body without a stated length is cut off at the limit`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in 0..<100 {
                connection.write("3e8\r\n\(String(repeating: "x", count: 1000))\r\n")
            }
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let client = try makeClient { $0.maximumResponseBytes = 50_000 }
        let error = await failure(of: CurlRequest(url: server.origin), with: client)
        #expect(error?.code == .tooLarge)
        await server.waitUntilEnded(1)
    }

    @Test func `endless headers are cut off`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\n")
            let line = "X-Filler: \(String(repeating: "x", count: 1000))\r\n"
            for _ in 0..<10_000 {
                connection.write(line)
            }
        }
        defer { server.stop() }
        let error = try await failure(of: CurlRequest(url: server.origin), with: makeClient())
        #expect(error?.code == .tooLarge)
    }

    @Test func `as many requests run at once to one host as allowed, and another host is not held up`()
        async throws
    {
        let gate = Gate()
        let occupancy = Occupancy()
        let busy = try RawServer { connection in
            while connection.readRequest() != nil {
                occupancy.enter()
                gate.pass()
                occupancy.leave()
                connection.respond()
            }
        }
        let idle = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.respond()
            }
        }
        defer {
            busy.stop()
            idle.stop()
        }
        let client = try makeClient { $0.maximumConnectionsPerHost = 2 }
        try await withThrowingTaskGroup { group in
            for _ in 1...6 {
                group.addTask {
                    try await client.send(CurlRequest(url: busy.origin), timeout: longestWait).status
                }
            }
            await gate.waitForArrivals(2)
            for _ in 1...10 {
                let response = try await client.send(CurlRequest(url: idle.origin), timeout: longestWait)
                #expect(response.status == 200)
            }
            gate.open()
            for try await status in group {
                #expect(status == 200)
            }
        }
        #expect(occupancy.peak == 2)
        #expect(busy.accepted == 2)
        #expect(client.load == CurlClient.Load(running: 0, waiting: 0))
    }

    @Test func `what neither runs nor waits is refused at once`() async throws {
        let gate = Gate()
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                gate.pass()
                connection.respond()
            }
        }
        defer { server.stop() }
        let client = try makeClient { configuration in
            configuration.maximumConnections = 1
            configuration.maximumQueued = 1
        }
        await withTaskGroup { group in
            for _ in 1...3 {
                group.addTask {
                    await failure(of: CurlRequest(url: server.origin), with: client)
                }
            }
            // Nobody is answered before the gate opens, so the first to end is the one without a place.
            let refused = await group.next() ?? nil
            #expect(refused?.code == .queueFull)
            #expect(refused?.requestMayHaveBeenSent == false)
            gate.open()
            for await error in group {
                #expect(error == nil)
            }
        }
    }
}
