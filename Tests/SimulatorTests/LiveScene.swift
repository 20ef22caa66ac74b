import Curl
import JSON
import Logging
import Synchronization

@testable import Simulator

/// A running simulator with the people of ``Scene``, and a client to call it over HTTP.
struct LiveScene: Sendable {
    let simulator: Simulator
    let client: CurlClient
    let base: String

    /// Runs a body with a simulator on a port of its own, and stops it afterwards.
    @discardableResult
    static func with<Result: Sendable>(
        stateFile: String? = nil,
        queryLifetime: Int64 = 15_000,
        isPopulated: Bool = true,
        sender: @escaping WebhookSender = { _ in .failed("no webhook is expected") },
        _ body: (LiveScene) async throws -> Result
    ) async throws -> Result {
        var configuration = SimulatorConfiguration()
        configuration.stateFile = stateFile
        configuration.queryLifetime = queryLifetime
        configuration.logger = Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
        let simulator = try await Simulator.start(configuration, sender: sender)
        if isPopulated {
            let scene = try Scene()
            simulator.change { telegram, _ in
                telegram = scene.telegram
                telegram.queryLifetime = queryLifetime
            }
        }
        let client = try CurlClient()
        do {
            let base = simulator.baseURL ?? ""
            let result = try await body(LiveScene(simulator: simulator, client: client, base: base))
            try await simulator.stop()
            await client.shutdown()
            return result
        } catch {
            try? await simulator.stop()
            await client.shutdown()
            throw error
        }
    }

    func send(
        _ method: CurlRequest.Method = .post,
        _ path: String,
        json: String? = nil,
        form: String? = nil,
        headers: [(name: String, value: String)] = []
    ) async throws -> CurlResponse {
        let type = json == nil ? "application/x-www-form-urlencoded" : "application/json"
        let request = CurlRequest(
            method: method,
            url: base + path,
            headers: [(name: "Content-Type", value: type)] + headers,
            body: (json ?? form).map { Array($0.utf8) }
        )
        return try await client.send(request, timeout: .seconds(60))
    }

    /// Calls a method and gives the whole envelope.
    func call(_ method: String, _ json: String = "{}") async throws -> JSONValue {
        try JSON.parse(try await send(.post, "/bot\(Scene.token)/\(method)", json: json).body)
    }
}

/// Webhook deliveries that were made, and the replies they are to get.
final class Deliveries: Sendable {
    private let state: Mutex<(made: [WebhookDelivery], replies: [WebhookReply])>

    init(replies: WebhookReply...) { state = Mutex(([], replies)) }

    static let fine = WebhookReply.response(
        status: 200,
        reason: "OK",
        retryAfter: nil,
        contentType: nil,
        body: []
    )

    var made: [WebhookDelivery] { state.withLock { $0.made } }

    var sender: WebhookSender {
        { delivery in
            self.state.withLock { state in
                state.made.append(delivery)
                return state.replies.isEmpty ? Self.fine : state.replies.removeFirst()
            }
        }
    }
}
