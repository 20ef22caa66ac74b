import Foundation
import Testing

@testable import Curl

@Suite struct InterruptionTests {
    /// Where a server falls silent.
    enum Silence: String, CaseIterable {
        case beforeHead = ""
        case insideHead = "HTTP/1.1 200 OK\r\nContent-"
        case insideBody = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"
    }

    @Test(arguments: Silence.allCases)
    func `a silent server runs into the time limit`(silence: Silence) async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write(silence.rawValue)
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let client = try makeClient()
        let error = await failure(
            of: CurlRequest(url: server.origin),
            with: client,
            timeout: .seconds(1)
        )
        #expect(error?.code == .timedOut)
        #expect(error?.requestMayHaveBeenSent == true)
        await server.waitUntilEnded(1)
    }

    @Test func `a server that does not accept runs into the limit for connecting`() async throws {
        // Once the backlog of one is full, the kernel lets further connections hang.
        let (listener, port) = try listenOnLoopback(backlog: 0)
        defer { close(listener) }
        let client = try makeClient { $0.connectTimeout = .milliseconds(200) }
        let errors = await withTaskGroup(returning: [CurlError?].self) { group in
            for _ in 1...4 {
                group.addTask {
                    await failure(
                        of: CurlRequest(url: "http://127.0.0.1:\(port)/"),
                        with: client,
                        timeout: .milliseconds(1000)
                    )
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.allSatisfy { $0?.code == .timedOut })
        #expect(errors.contains { $0?.requestMayHaveBeenSent == false })
    }

    @Test func `the time for waiting counts`() async throws {
        let gate = Gate()
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                gate.pass()
                connection.respond()
            }
        }
        defer { server.stop() }
        let client = try makeClient { $0.maximumConnections = 1 }
        async let first = client.send(CurlRequest(url: server.origin), timeout: longestWait)
        await gate.waitForArrivals()
        let error = await failure(
            of: CurlRequest(url: server.origin),
            with: client,
            timeout: .milliseconds(50)
        )
        #expect(error?.code == .timedOut)
        #expect(error?.requestMayHaveBeenSent == false)
        gate.open()
        #expect(try await first.status == 200)
        #expect(client.load == CurlClient.Load(running: 0, waiting: 0))
    }

    @Test func `cancelling the task closes the connection`() async throws {
        let gate = Gate()
        gate.open()
        let server = try RawServer { connection in
            _ = connection.readRequest()
            gate.pass()
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let client = try makeClient()
        let task = Task {
            await failure(of: CurlRequest(url: server.origin), with: client)
        }
        await gate.waitForArrivals()
        task.cancel()
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.requestMayHaveBeenSent == true)
        await server.waitUntilEnded(1)
    }

    @Test func `a cancelled task sends nothing`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
        }
        defer { server.stop() }
        let client = try makeClient()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure(of: CurlRequest(url: server.origin), with: client)
        }
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.requestMayHaveBeenSent == false)
        await client.shutdown()
        #expect(server.accepted == 0)
    }

    @Test func `cancelling a waiting request frees its place in the queue`() async throws {
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
        async let first = client.send(CurlRequest(url: server.origin), timeout: longestWait)
        await gate.waitForArrivals()
        let waiting = (1...2).map { _ in
            Task { await failure(of: CurlRequest(url: server.origin), with: client) }
        }
        // Whichever of the two came second was refused; the other waits until it is cancelled.
        for task in waiting {
            task.cancel()
        }
        for task in waiting {
            let error = await task.value
            #expect(error?.code == .cancelled || error?.code == .queueFull)
            #expect(error?.requestMayHaveBeenSent == false)
        }
        #expect(client.load == CurlClient.Load(running: 1, waiting: 0))
        gate.open()
        #expect(try await first.status == 200)
    }

    @Test func `shutting down ends what runs, what waits and what comes later`() async throws {
        let gate = Gate()
        gate.open()
        let server = try RawServer { connection in
            _ = connection.readRequest()
            gate.pass()
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let client = try makeClient { $0.maximumConnections = 2 }
        let tasks = (1...4).map { _ in
            Task { await failure(of: CurlRequest(url: server.origin), with: client) }
        }
        await gate.waitForArrivals(2)
        await client.shutdown()
        for task in tasks {
            #expect(await task.value?.code == .shutDown)
        }
        await server.waitUntilEnded(2)
        await client.shutdown()
        let late = await failure(of: CurlRequest(url: server.origin), with: client)
        #expect(late?.code == .shutDown)
        #expect(late?.requestMayHaveBeenSent == false)
        #expect(client.load == CurlClient.Load(running: 0, waiting: 0))
    }

    @Test func `as a service it shuts down when its task is cancelled`() async throws {
        let client = try makeClient()
        let service = Task { try await client.run() }
        service.cancel()
        try await service.value
        let error = await failure(of: CurlRequest(url: "http://127.0.0.1:1/"), with: client)
        #expect(error?.code == .shutDown)
    }

    @Test func `dropping the client closes its connections`() async throws {
        let server = try RawServer { connection in
            while connection.readRequest() != nil {
                connection.respond()
            }
        }
        defer { server.stop() }
        _ = try await makeClient().send(CurlRequest(url: server.origin), timeout: longestWait)
        await server.waitUntilEnded(1)
    }
}
