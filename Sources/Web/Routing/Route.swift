import HTTPTypes
import Logging

/// One method of one address, described in `openapi.json`, and what answers it.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, WebContext) async throws -> Response

    /// `GET` (which serves `HEAD` too) or `POST`.
    let method: HTTPRequest.Method
    /// The address with its parameters in braces.
    let path: String
    /// The parts of the path.
    let segments: [Substring]
    /// Answers a request or throws a ``Problem``.
    let handle: Handler

    init(_ method: HTTPRequest.Method, _ path: String, handle: @escaping Handler) {
        self.method = method
        self.path = path
        segments = path.split(separator: "/")
        self.handle = handle
    }

    /// The methods that the route takes.
    var methods: [HTTPRequest.Method] { method == .get ? [.get, .head] : [method] }

    fileprivate var hasParameters: Bool { segments.contains { $0.hasPrefix("{") } }

    fileprivate func takes(_ method: HTTPRequest.Method) -> Bool {
        method == self.method || method == .head && self.method == .get
    }

    /// Whether a path, cut into its segments, is one of the route's.
    fileprivate func matches(_ segments: [Substring]) -> Bool {
        guard self.segments.count == segments.count else { return false }
        for (part, segment) in zip(self.segments, segments) where !part.hasPrefix("{") && part != segment {
            return false
        }
        return true
    }
}

/// All routes of one listener.
struct RouteTable: Sendable {
    let routes: [Route]
    /// Those without parameters by their path, and the others.
    private let plain: [String: [Route]]
    private let patterns: [Route]

    init(_ routes: [Route]) {
        self.routes = routes
        plain = Dictionary(grouping: routes.filter { !$0.hasParameters }, by: \.path)
        patterns = routes.filter(\.hasParameters)
    }

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

    /// The route of a request, and what its path says.
    ///
    /// - Returns: Nil where no route takes such a request.
    fileprivate func find(_ request: Request, _ context: WebContext) -> (Route, WebContext)? {
        if let route = plain[request.path]?.first(where: { $0.takes(request.method) }) {
            return (route, context.following(route))
        }
        guard request.path.isPlainPath else { return nil }
        let segments = request.path.split(separator: "/")
        guard let route = patterns.first(where: { $0.takes(request.method) && $0.matches(segments) }) else {
            return nil
        }
        return (route, context.following(route, segments: segments))
    }

    /// What answers requests by the routes.
    ///
    /// - Parameter logger: Takes one line for each failure that is not the client's.
    /// - Returns: A responder whose routes and misses alike go through an ``Edge``.
    func responder(observe: @escaping @Sendable (WebEvent) -> Void, logger: Logger) -> RouteResponder {
        let edge = Edge(allowedMethods: { allowedMethods(at: $0) }, observe: observe, logger: logger)
        return RouteResponder(edge: edge, table: self)
    }
}

/// Answers requests by the routes of a table.
struct RouteResponder: Sendable {
    fileprivate let edge: Edge
    fileprivate let table: RouteTable

    /// Answers a request.
    ///
    /// - Parameter context: What is known beside it.
    /// - Returns: The answer, which may be a refusal.
    func respond(to request: Request, context: WebContext) async -> Response {
        let found = table.find(request, context)
        return await edge.handle(request, context: found?.1 ?? context, by: found?.0.handle)
    }
}
