import HTTPTypes
import Hummingbird

/// An operation and what answers it.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, WebContext) async throws -> Response

    let operation: Operation
    let handle: Handler

    /// Describes a route.
    ///
    /// - Parameters:
    ///   - operation: Its method, address and description.
    ///   - handle: Answers a request or throws a ``Problem``.
    init(_ operation: Operation, handle: @escaping Handler) {
        self.operation = operation
        self.handle = handle
    }

    /// The methods that the route takes.
    var methods: [HTTPRequest.Method] { operation.method == .get ? [.get, .head] : [operation.method] }
}

/// All routes of one listener.
struct RouteTable: Sendable {
    let routes: [Route]

    init(_ routes: [Route]) { self.routes = routes }

    /// The methods that an address takes, as the header `Allow` lists them.
    ///
    /// - Parameter path: The path asked for.
    /// - Returns: The methods; nil where no route has this address.
    func allowedMethods(at path: String) -> String? {
        let segments = path.split(separator: "/")
        let methods = routes.filter { $0.matches(segments) }.flatMap(\.methods)
        guard !methods.isEmpty else { return nil }
        return (methods + [.options]).map(\.rawValue).joined(separator: ", ")
    }

    /// The router that serves the routes.
    ///
    /// - Parameter edge: What every request passes first.
    /// - Returns: A router whose routes and misses alike go through the edge.
    func router(behind edge: some RouterMiddleware<WebContext>) -> Router<WebContext> {
        let router = Router(context: WebContext.self)
        router.add(middleware: edge)
        for route in routes {
            for method in route.methods {
                router.on(RouterPath(route.operation.path), method: method, use: route.handle)
            }
        }
        return router
    }
}

extension Route {
    fileprivate func matches(_ segments: [Substring]) -> Bool {
        let template = operation.path.split(separator: "/")
        return template.count == segments.count
            && zip(template, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
}
