import HTTPTypes
import Hummingbird
import NIOCore
import Pages
import Synchronization

/// Finds who answers a request: a method of the Bot API, a control route or a page.
struct SimulatorResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// Telegram's bound on the parameters of one call.
    private static let bodyLimit = 1 << 20

    let simulator: Simulator

    func respond(to request: Request, context: Context) async throws -> Response {
        let path = request.uri.path
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: Self.bodyLimit).readableBytesView)
        } catch is NIOTooManyBytesError {
            let error = MethodError(
                code: 413,
                description: "Request Entity Too Large: parameters are too long"
            )
            return .json(MethodAnswer.failure(error).document, status: 413)
        }
        if path.hasPrefix("/bot") { return await callMethod(path, request, body) }
        if path == "/simulator" || path.hasPrefix("/simulator/") {
            return await ControlRoutes(simulator: simulator).respond(to: request, body)
        }
        switch path {
        case "/": return .page(.chat)
        case "/game": return .page(.game)
        case "/favicon.ico": return Response(status: .noContent)
        default:
            return .json(
                MethodAnswer.failure(MethodError(code: 404, description: "Not Found")).document,
                status: 404
            )
        }
    }

    private func callMethod(_ path: String, _ request: Request, _ body: [UInt8]) async -> Response {
        let parts = path.dropFirst(4).split(separator: "/", omittingEmptySubsequences: false)
        let token = CallParameters.decoded(parts[0])
        // The test environment is the same here; its paths say so between token and method.
        let method = parts.count == 3 && parts[1] == "test" ? parts[2] : parts.count == 2 ? parts[1] : ""
        guard token.contains(":") else {
            return .answer(
                .failure(MethodError(code: 401, description: "Unauthorized: invalid token specified"))
            )
        }
        guard let bot = simulator.read({ $0.bot(token: token) }) else {
            return .answer(.failure(.unauthorized))
        }
        guard !method.isEmpty else { return .answer(.failure(.methodNotFound)) }
        let parameters = Self.parameters(of: request, body)
        guard let fault = simulator.takeFault(String(method), bot, parameters) else {
            return .answer(await simulator.call(String(method), by: bot, parameters))
        }
        switch fault {
        case .refuse(let error):
            simulator.recordSpoiled(String(method), by: bot, parameters, status: error.code)
            return .answer(.failure(error))
        case .respond(let status, let type, let text):
            simulator.recordSpoiled(String(method), by: bot, parameters, status: status)
            return Response(
                status: .init(code: status),
                headers: [.contentType: type],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        case .loseCall:
            simulator.recordSpoiled(String(method), by: bot, parameters, status: 0)
            return .broken
        case .loseAnswer:
            _ = await simulator.call(String(method), by: bot, parameters)
            return .broken
        case .delay(let milliseconds):
            try? await simulator.clock.sleep(milliseconds)
            return .answer(await simulator.call(String(method), by: bot, parameters))
        }
    }

    /// The parameters of the query and of the body; both may be given.
    static func parameters(of request: Request, _ body: [UInt8]) -> CallParameters {
        var parameters = CallParameters()
        parameters.add(form: request.uri.query ?? "")
        let type = request.headers[.contentType]?.lowercased() ?? ""
        if type.hasPrefix("application/json") {
            parameters.add(json: body)
        } else if type.hasPrefix("application/x-www-form-urlencoded") {
            parameters.add(form: String(decoding: body, as: UTF8.self))
        }
        return parameters
    }
}

extension Simulator {
    func takeFault(_ method: String, _ bot: Int64, _ parameters: CallParameters) -> Fault.Behaviour? {
        state.withLock { Fault.take(from: &$0.faults, for: method, bot, parameters) }
    }
}

extension Response {
    /// The answer of a method, with the header that goes with 429.
    static func answer(_ answer: MethodAnswer) -> Response {
        var response = json(answer.document, status: answer.status)
        if let seconds = answer.retryAfter { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    static func json(_ document: Document, status: Int = 200) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.bytes))
        )
    }

    static func page(_ page: Page) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: page.contentType, .cacheControl: "no-cache"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.bytes))
        )
    }

    /// A response that breaks off after its head.
    static var broken: Response {
        struct Broken: Error {}
        return Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 64) { _ in throw Broken() }
        )
    }
}
