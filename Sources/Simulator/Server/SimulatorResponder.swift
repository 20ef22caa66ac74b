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
        guard request.isFromOwnOrigin(servedAt: simulator.configuration.host) else {
            let error = MethodError(
                code: 403,
                description:
                    "Forbidden: asked by a page of another origin, or by a name that it was not started with"
            )
            return .json(MethodAnswer.failure(error).document, status: 403)
        }
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
        // The game takes its script from nowhere else, whatever service its address names.
        case "/sdk/highscores.js": return .page(Script.classic)
        case "/icon.svg": return .page(.icon)
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
        let (entry, fault) = simulator.admit(String(method), bot, parameters)
        guard let fault else { return .answer(await simulator.call(entry)) }
        return await respond(with: fault, to: entry)
    }

    private func respond(with fault: Fault.Behaviour, to entry: RecordedCall) async -> Response {
        switch fault {
        case .refuse(let error):
            simulator.recordSpoiled(entry, status: error.code, error.description)
            return .answer(.failure(error))
        case .respond(let status, let type, let text):
            simulator.recordSpoiled(entry, status: status)
            return .text(text, status: status, type: type)
        case .loseCall:
            simulator.recordSpoiled(entry)
            return .broken
        case .loseAnswer:
            _ = await simulator.call(entry)
            return .broken
        case .hang:
            simulator.recordSpoiled(entry)
            await simulator.hold()
            return .broken
        case .hangAnswer:
            _ = await simulator.call(entry)
            await simulator.hold()
            return .broken
        case .garble:
            _ = await simulator.call(entry)
            return .text("<html><body>OK</body></html>", status: 200, type: "text/html")
        case .delay(let milliseconds):
            let number = simulator.recordSpoiled(entry)
            // A task of its own: whether somebody still waits for the answer makes no difference to the deed.
            await Task { try? await simulator.clock.sleep(milliseconds) }.value
            return .answer(await simulator.call(entry, number: number))
        case .deleteMessage, .kick, .migrate, .revoke:
            simulator.prepare(fault, for: entry.bot, entry.parameters)
            guard case .revoke = fault else { return .answer(await simulator.call(entry)) }
            simulator.recordSpoiled(entry, status: 401, MethodError.unauthorized.description)
            return .answer(.failure(.unauthorized))
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

    static func text(_ text: String, status: Int, type: String) -> Response {
        Response(
            status: .init(code: status),
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    static func page(_ page: Page) -> Response {
        var headers: HTTPFields = [
            .contentType: page.contentType, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
        ]
        if page.contentType.hasPrefix("text/html") {
            // Games of other origins are framed and services asked; elements have styles of their own.
            headers[.contentSecurityPolicy] = ContentPolicy.of(
                page.bytes,
                [
                    "connect-src": "*", "frame-src": "*", "img-src": "'self' data:",
                    "style-src": "'unsafe-inline'",
                    "frame-ancestors": "'self'",
                ]
            )
            headers[.init("Referrer-Policy") ?? .referer] = "no-referrer"
        }
        return Response(
            status: .ok,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: page.bytes))
        )
    }

    /// A response that breaks off after its head.
    static var broken: Response {
        Response(
            status: .ok,
            headers: [.contentType: "application/json"],
            body: ResponseBody(contentLength: 64) { _ in throw ChannelError.ioOnClosedChannel }
        )
    }
}
