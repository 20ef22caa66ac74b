import HTTPTypes
import Logging
import NIOCore
import Scoring

/// What every request passes: preflights are answered, errors become problem documents, and what happened is told.
struct Edge: Sendable {
    /// Addresses that no page of another origin has any business with.
    private static func isForOperators(_ path: String) -> Bool {
        path == "/readyz" || path == "/healthz" || path == "/metrics"
    }

    /// The methods that an address takes; nil for addresses that are none.
    let allowedMethods: @Sendable (_ path: String) -> String?
    let observe: @Sendable (WebEvent) -> Void
    let logger: Logger

    /// Answers a request.
    ///
    /// - Parameter handler: That of its route; nil where none takes such a request.
    func handle(_ request: Request, context: WebContext, by handler: Route.Handler?) async -> Response {
        let start = ContinuousClock.now
        var problem: Problem?
        var response: Response
        do {
            if request.method == .options {
                response = .preflight
            } else if let handler {
                response = try await handler(request, context)
            } else {
                throw miss(request)
            }
        } catch is RequestCutOff {
            // The connection tells of this itself; the answer meets a closed door.
            return .problem(Problem(.malformedRequest, "The body ended before it was complete."))
        } catch {
            let refusal = self.problem(of: error, request: request, context: context)
            problem = refusal
            response = .problem(refusal)
        }
        if request.method == .head { response.body = .whole(ByteBuffer()) }
        if Self.isForOperators(request.path) { Headers.closeToOtherOrigins(&response.headers) }
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
        case let refusal as Refusal:
            if case .internal(let text) = refusal { log(text, context) }
            return Problem(refusal)
        default:
            log(String(describing: error), context)
            return Problem(.internalError, "The request could not be carried out.")
        }
    }

    private func miss(_ request: Request) -> Problem {
        guard let allow = allowedMethods(request.path) else {
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

extension HTTPRequest.Method {
    /// The method's name for counting: clients may invent methods, but not labels.
    fileprivate var label: String {
        switch self {
        case .get, .head, .post, .options, .put, .patch, .delete: rawValue
        default: "OTHER"
        }
    }
}
