import Curl
import Foundation
import Testing

/// In processes of their own, where no other test opens files or takes memory.
@Suite struct EnduranceTests {
    @Test func `a thousand requests leak neither descriptors nor memory`() async {
        await #expect(processExitsWith: .success) {
            let server = try RawServer { connection in
                while let request = connection.readRequest() {
                    let isLast = request.line.contains("/close")
                    connection.respond(
                        isLast ? "500 No" : "200 OK",
                        isLast ? ["Connection: close"] : [],
                        body: "some text"
                    )
                    if isLast {
                        return
                    }
                }
            }
            let client = try makeClient { $0.maximumResponseBytes = 100 }
            func exchange(_ count: Int) async throws {
                for number in 0..<count {
                    let path = number % 3 == 0 ? "/close" : "/keep"
                    let body = [UInt8](repeating: 0x61, count: 2000)
                    _ = try await client.send(
                        CurlRequest(method: .post, url: server.origin + path, body: body),
                        timeout: longestWait
                    )
                    if number % 10 == 0 {
                        let error = await failure(
                            of: CurlRequest(url: "http://127.0.0.1:1/"),
                            with: client
                        )
                        try #require(error?.code == .couldNotConnect)
                    }
                }
            }
            try await exchange(300)
            let before = try usage()
            try await exchange(1000)
            let after = try usage()
            // An easy handle alone takes more than 5 KiB, so that one left behind per request would be 5 MiB.
            try #require(after.descriptors <= before.descriptors + 2)
            try #require(after.kilobytes < before.kilobytes + 3000)
        }
    }

    @Test func `clients that come and go leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            let server = try RawServer { connection in
                while connection.readRequest() != nil {
                    connection.respond()
                }
            }
            func come() async throws {
                let client = try makeClient()
                _ = try await client.send(CurlRequest(url: server.origin), timeout: longestWait)
                await client.shutdown()
            }
            for _ in 1...20 {
                try await come()
            }
            await server.waitUntilEnded(20)
            let before = try usage()
            for _ in 1...100 {
                try await come()
            }
            await server.waitUntilEnded(120)
            let after = try usage()
            try #require(after.descriptors <= before.descriptors + 2)
            try #require(after.kilobytes < before.kilobytes + 3000)
        }
    }
}

/// The open descriptors and the resident memory of this process.
private func usage() throws -> (descriptors: Int, kilobytes: Int) {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    let kilobytes = try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    return (descriptors, kilobytes)
}
