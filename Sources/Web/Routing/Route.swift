import HTTPTypes
import Hummingbird
import Logging

/// One method of one address, described in `openapi.json`, and what answers it.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, WebContext) async throws -> Response

    /// `GET` (which serves `HEAD` too) or `POST`.
    let method: HTTPRequest.Method
    /// The address with its parameters in braces.
    let path: String
    /// Answers a request or throws a ``Problem``.
    let handle: Handler

    init(_ method: HTTPRequest.Method, _ path: String, handle: @escaping Handler) {
        self.method = method
        self.path = path
        self.handle = handle
    }

    /// The methods that the route takes.
    var methods: [HTTPRequest.Method] { method == .get ? [.get, .head] : [method] }
}

/// All routes of one listener.
struct RouteTable: Sendable {
    let routes: [Route]

    init(_ routes: [Route]) { self.routes = routes }

    /// The methods that an address takes, as the header `Allow` lists them.
    ///
    /// - Returns: The methods; nil where no route has this address.
    func allowedMethods(at path: String) -> String? {
        guard path.isPlainPath else { return nil }
        let segments = path.split(separator: "/")
        let methods = routes.filter { $0.matches(segments) }.flatMap(\.methods)
        guard !methods.isEmpty else { return nil }
        return (methods + [.options]).map(\.rawValue).joined(separator: ", ")
    }

    /// What answers requests by the routes.
    ///
    /// - Parameter logger: Takes one line for each failure that is not the client's.
    /// - Returns: A responder whose routes and misses alike go through an ``Edge``.
    func responder(observe: @escaping @Sendable (WebEvent) -> Void, logger: Logger) -> RouteResponder {
        let edge = Edge(allowedMethods: { allowedMethods(at: $0) }, observe: observe, logger: logger)
        let router = Router(context: WebContext.self)
        router.add(middleware: edge)
        for route in routes {
            for method in route.methods {
                router.on(RouterPath(route.path), method: method, use: route.handle)
            }
        }
        return RouteResponder(edge: edge, router: router.buildResponder())
    }
}

/// Answers requests by the routes of a table; the router sees none but those whose address could be a route's.
struct RouteResponder: Sendable {
    fileprivate let edge: Edge
    fileprivate let router: RouterResponder<WebContext>

    /// Answers a request.
    ///
    /// - Parameter context: What is known beside it.
    /// - Returns: The answer, which may be a refusal.
    /// - Throws: Nothing: the edge lets no error pass.
    func respond(to request: Request, context: WebContext) async throws -> Response {
        guard (request.head.path ?? "").isPlainPath else {
            return try await edge.handle(request, context: context) { _, _ in throw HTTPError(.notFound) }
        }
        return try await router.respond(to: request, context: context)
    }
}

extension Route {
    fileprivate func matches(_ segments: [Substring]) -> Bool {
        let template = path.split(separator: "/")
        return template.count == segments.count
            && zip(template, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
}
