@testable import Curl
import Testing

@Suite struct ErrorTests {
    private static let secret = "7000000001:SECRET-secret_SECRET"

    /// Everything that printing an error or a request can show.
    private static func printed(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value)\(String(describing: value))\(String(reflecting: value))\(dumped)"
    }

    @Test(arguments: [
        "http://127.0.0.1:1/bot\(secret)/getMe",
        "http://no-such-host.invalid/bot\(secret)/getMe?a=\(secret)",
        "http://user:\(secret)@127.0.0.1:1/",
        "ftp://127.0.0.1/bot\(secret)/getMe",
        "http://127.0.0.1:99999/bot\(secret)/getMe",
        "http:// space/bot\(secret)",
        "https:///bot\(secret)/getMe",
        "/bot\(secret)/getMe",
        "bot\(secret)",
        "",
    ])
    func `neither error nor request prints a secret`(url: String) async throws {
        let request = CurlRequest(
            method: .post,
            url: url,
            headers: [("X-Secret", Self.secret)],
            body: Array(Self.secret.utf8)
        )
        let error = try await failure(of: request, with: makeClient(), timeout: .seconds(5))
        #expect(!Self.printed(try #require(error)).contains("SECRET"))
        #expect(!Self.printed(request).contains("SECRET"))
        #expect(Self.printed(request).contains("POST"))
    }

    @Test func `a response prints neither headers nor body`() {
        let response = CurlResponse(status: 200, headers: [("X", Self.secret)], body: Array(Self.secret.utf8))
        #expect(Self.printed(response).contains("200"))
        #expect(!Self.printed(response).contains("SECRET"))
        #expect(!Self.printed(response).contains("83, 69"))
    }

    @Test func `a dropped exchange names the server and nothing else`() async throws {
        let server = try RawServer { connection in
            _ = connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\(Self.secret)")
        }
        defer { server.stop() }
        let error = try #require(
            try await failure(
                of: CurlRequest(url: "\(server.origin)/bot\(Self.secret)/getMe"),
                with: makeClient()
            )
        )
        #expect("\(error)" == "the connection dropped while receiving (\(server.origin))")
        #expect(!Self.printed(error).contains("SECRET"))
    }

    @Test(arguments: [
        "ftp://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "127.0.0.1/", "http://", "",
        "http://a b/",
        "http://127.0.0.1:99999/", "http://127.0.0.1/\0",
    ])
    func `only http and https URLs are accepted`(url: String) async throws {
        let error = try await failure(of: CurlRequest(url: url), with: makeClient())
        #expect(error?.code == .unsupportedURL)
        #expect(error?.requestMayHaveBeenSent == false)
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-Evil: 1"), ("X-A", "b\n"), ("X-A", "b\0c"), ("X A", "b"), ("", "b"), ("X-A:", "b"),
        ("X\r\nX-Evil", "b"), ("Content-Length", "1"), ("transfer-encoding", "chunked"),
    ])
    func `headers that would change the request are refused`(name: String, value: String) async throws {
        let request = CurlRequest(url: "http://127.0.0.1:1/", headers: [(name, value)])
        let error = try await failure(of: request, with: makeClient())
        #expect(error?.code == .invalidRequest)
    }

    @Test(arguments: ["", "GET /other HTTP/1.1\r\n", "G T"])
    func `methods that would change the request are refused`(method: String) async throws {
        let request = CurlRequest(method: .init(rawValue: method), url: "http://127.0.0.1:1/")
        let error = try await failure(of: request, with: makeClient())
        #expect(error?.code == .invalidRequest)
    }
}
