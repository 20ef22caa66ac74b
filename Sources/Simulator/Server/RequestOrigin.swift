import HTTPTypes
import Hummingbird

/// Where a request says it comes from, as browsers tell.
///
/// The simulator asks nobody who they are, so that scripts can use it; pages of other origins, open in the same browser,
/// must not act in it.
struct RequestOrigin {
    /// The host that was asked, with its port.
    private let authority: String
    private let origin: String?
    private let site: String?

    init(_ request: Request) {
        authority = request.head.authority?.lowercased() ?? ""
        origin = request.headers[.origin]
        site = HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] }
    }

    /// Judges a request.
    ///
    /// - Parameter host: The host at which the simulator listens.
    /// - Returns: Whether it comes from no page, or from one of the simulator's own, which people may open from anywhere.
    func mayUse(_ path: String, servedAt host: String) -> Bool {
        let isPage = !path.hasPrefix("/bot") && !path.hasPrefix("/simulator")
        return isOwnName(host) && (origin.map { $0.lowercased() == "http://\(authority)" } ?? true)
            && (isPage || site.map { $0 == "same-origin" || $0 == "none" } ?? true)
    }

    /// Whether nobody else can have made a name of theirs lead here: a number, or a name that this machine was given.
    private func isOwnName(_ host: String) -> Bool {
        if authority.hasPrefix("[") { return true }
        let name = authority.prefix { $0 != ":" }
        return name == "localhost" || name == host.lowercased()
            || name.allSatisfy { $0.isNumber || $0 == "." }
    }
}
