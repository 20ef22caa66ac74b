import NIOCore

/// What a handler knows of a request beyond the request itself.
struct WebContext: Sendable {
    /// The connection that the request came over; nil for a request that came over none.
    var channel: (any Channel)?
    /// The route as the API document names it; nil for addresses that are none.
    fileprivate(set) var route: String?
    /// The values of the parameters in the route's path, by name.
    fileprivate var parameters: [(name: Substring, value: Substring)] = []

    init(channel: (any Channel)? = nil) { self.channel = channel }

    /// The value of a parameter of the route's path.
    func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }.map { String($0.value) }
    }
}

extension WebContext {
    /// The same request, once its route is known.
    ///
    /// - Parameter segments: Those of the address, as many as the route has.
    func following(_ route: Route, segments: [Substring] = []) -> WebContext {
        var context = self
        context.route = route.path
        for (part, value) in zip(route.segments, segments) where part.hasPrefix("{") {
            context.parameters.append((part.dropFirst().dropLast(), value))
        }
        return context
    }
}
