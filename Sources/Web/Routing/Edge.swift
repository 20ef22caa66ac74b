import HTTPTypes
import Hummingbird
import Logging
import Scoring

/// What every request passes: preflights are answered, errors become problem documents, and what happened is told.
struct Edge: RouterMiddleware {
    typealias Context = WebContext

    /// Addresses that no page of another origin has any business with.
    private static let operatorPaths = Set(["/healthz", "/readyz", "/metrics"])

    /// The methods that an address takes; nil for addresses that are none.
    let allowedMethods: @Sendable (_ path: String) -> String?
    let observe: @Sendable (WebEvent) -> Void
    let logger: Logger

    func handle(
        _ request: Request,
        context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var problem: Problem?
        var response: Response
        do {
            response = request.method == .options ? .preflight : try await next(request, context)
        } catch is RequestCutOff {
            // The connection tells of this itself; the answer meets a closed door.
            return .problem(Problem(.malformedRequest, "The body ended before it was complete."))
        } catch {
            let refusal = self.problem(of: error, request: request, context: context)
            problem = refusal
            response = .problem(refusal)
        }
        if request.method == .head { response = response.createHeadResponse() }
        if Self.operatorPaths.contains(request.uri.path) { Headers.closeToOtherOrigins(&response.headers) }
        observe(
            .answered(
                WebEvent.Answered(
                    route: context.route,
                    method: request.method.label,
                    status: response.status.code,
                    problem: problem?.code,
                    duration: ContinuousClock.now - start
                )
            )
        )
        return response
    }

    private func problem(of error: any Error, request: Request, context: WebContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as HTTPError where error.status == .notFound: return miss(request)
        case let refusal as Refusal:
            if case .internal(let text) = refusal { log(text, context) }
            return Problem(refusal)
        default:
            log(String(describing: error), context)
            return Problem(.internalError, "The request could not be carried out.")
        }
    }

    /// The router tells a wrong method from a wrong address no better than "not found".
    private func miss(_ request: Request) -> Problem {
        guard let allow = allowedMethods(request.uri.path) else {
            return Problem(.notFound, "There is nothing at this address.")
        }
        return Problem(.methodNotAllowed, "This address takes \(allow).", allow: allow)
    }

    private func log(_ error: String, _ context: WebContext) {
        logger.error(
            "request.failed",
            metadata: ["route": "\(context.route ?? "none")", "reason": "\(error)"]
        )
    }
}

extension WebContext {
    /// The route as the API document names it; nil for addresses that are none, where the router leaves a word of its own.
    var route: String? { endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } }
}

extension HTTPRequest.Method {
    /// The method's name for counting: clients may invent methods, but not labels.
    fileprivate var label: String {
        switch self {
        case .get, .head, .post, .options, .put, .patch, .delete: rawValue
        default: "OTHER"
        }
    }
}
