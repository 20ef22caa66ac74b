import Curl
import JSON

/// The wire between a test and one browser: commands of the W3C protocol as JSON over HTTP.
struct WebDriverSession: Sendable {
    /// The name under which the protocol hands out elements.
    static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    /// Longer than any command that waits in the browser.
    private static let longestWait = Program.longestWait

    private let client: CurlClient
    private let base: String

    /// Opens a browser window.
    ///
    /// - Parameters:
    ///   - process: The driver.
    ///   - width: The width of the page in CSS pixels.
    ///   - height: The height of the page in CSS pixels.
    /// - Throws: ``WebDriverError`` when no browser comes up.
    init(_ process: WebDriverProcess, width: Int, height: Int) async throws {
        client = try CurlClient(
            configuration: CurlClient.Configuration(
                maximumResponseBytes: 64 << 20,
                usesProxiesOfEnvironment: false
            )
        )
        let driver = "http://127.0.0.1:\(process.port)"
        let capabilities = Self.capabilities(process, width: width, height: height)
        let answer = try await Self.send(client, .post, "\(driver)/session", capabilities)
        guard let identifier = answer["sessionId"]?.string else {
            throw WebDriverError("no session", "chromedriver answered without a session's name")
        }
        base = "\(driver)/session/\(identifier)"
    }

    /// Sends a command with parameters.
    @discardableResult
    func post(_ path: String, _ write: (inout JSONWriter) -> Void = { _ in }) async throws -> JSONValue {
        var writer = JSONWriter()
        writer.object(write)
        return try await Self.send(client, .post, base + path, writer.bytes)
    }

    /// Sends a command that asks.
    func get(_ path: String) async throws -> JSONValue {
        try await Self.send(client, .get, base + path, nil)
    }

    /// Closes the browser; errors are of no use any more.
    func close() async {
        _ = try? await Self.send(client, .delete, base, nil)
        await client.shutdown()
    }

    private static func send(
        _ client: CurlClient,
        _ method: CurlRequest.Method,
        _ url: String,
        _ body: [UInt8]?
    ) async throws -> JSONValue {
        let request = CurlRequest(
            method: method,
            url: url,
            headers: body == nil ? [] : [("Content-Type", "application/json")],
            body: body
        )
        let response = try await client.send(request, timeout: longestWait)
        let value = try JSON.parse(response.body, maximumDepth: 200)["value"]
        guard response.status == 200, let value else {
            throw WebDriverError(
                value?["error"]?.string ?? "status \(response.status)",
                value?["message"]?.string ?? "no message"
            )
        }
        return value
    }

    private static func capabilities(_ process: WebDriverProcess, width: Int, height: Int) -> [UInt8] {
        let arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--mute-audio",
            "--hide-scrollbars", "--window-size=\(width),\(height)", "--user-data-dir=\(process.profile)",
        ]
        var writer = JSONWriter()
        writer.object { writer in
            writer.object("capabilities") { writer in
                writer.object("alwaysMatch") { writer in
                    writer.member("browserName", "chrome")
                    writer.object("goog:chromeOptions") { writer in
                        writer.member("binary", process.browser)
                        writer.array("args") { writer in
                            for argument in arguments {
                                writer.value(argument)
                            }
                        }
                    }
                    writer.object("goog:loggingPrefs") { writer in
                        writer.member("browser", "ALL")
                    }
                }
            }
        }
        return writer.bytes
    }
}
