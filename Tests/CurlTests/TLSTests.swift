import Curl
import Testing

/// Against `openssl s_server`, which Debian installs with the authorities that libcurl trusts.
@Suite struct TLSTests {
    @Test func `a certificate of a trusted authority for this host is accepted`() async throws {
        let server = try await OpenSSLServer(name: "IP:127.0.0.1")
        defer { server.stop() }
        let client = try makeClient { $0.certificateAuthorityFile = server.certificateFile }
        let response = try await client.send(
            CurlRequest(url: "https://127.0.0.1:\(server.port)/"),
            timeout: longestWait
        )
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self).contains("s_server"))
    }

    @Test func `a certificate nobody vouches for is refused before anything is sent`() async throws {
        let server = try await OpenSSLServer(name: "IP:127.0.0.1")
        defer { server.stop() }
        let error = try await failure(
            of: CurlRequest(url: "https://127.0.0.1:\(server.port)/"),
            with: makeClient()
        )
        #expect(error?.code == .tlsFailed)
        #expect(error?.requestMayHaveBeenSent == false)
    }

    @Test func `a certificate for another host is refused`() async throws {
        let server = try await OpenSSLServer(name: "DNS:elsewhere.example")
        defer { server.stop() }
        let client = try makeClient { $0.certificateAuthorityFile = server.certificateFile }
        let error = await failure(of: CurlRequest(url: "https://127.0.0.1:\(server.port)/"), with: client)
        #expect(error?.code == .tlsFailed)
        #expect(error?.requestMayHaveBeenSent == false)
    }

    @Test func `a server without TLS is refused`() async throws {
        let server = try RawServer { connection in
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitUntilClosed()
        }
        defer { server.stop() }
        let error = try await failure(
            of: CurlRequest(url: "https://127.0.0.1:\(server.port)/"),
            with: makeClient()
        )
        #expect(error?.code == .tlsFailed)
        #expect(error?.requestMayHaveBeenSent == false)
    }
}
