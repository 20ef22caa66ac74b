import HTTPTypes
import Hummingbird

extension Request {
    /// Whether a request comes from no page, or from one of the simulator's own, which people may open from anywhere.
    ///
    /// The simulator asks nobody who they are, so that scripts can use it; pages of other origins, open in the same
    /// browser, must not act in it.
    ///
    /// - Parameter host: The host at which the simulator listens.
    func isFromOwnOrigin(servedAt host: String) -> Bool {
        let authority = head.authority?.lowercased() ?? ""
        let site = HTTPField.Name("Sec-Fetch-Site").flatMap { headers[$0] }
        let isPage = !uri.path.hasPrefix("/bot") && !uri.path.hasPrefix("/simulator")
        return isOwnName(authority, host)
            && (headers[.origin].map { $0.lowercased() == "http://\(authority)" } ?? true)
            && (isPage || site.map { $0 == "same-origin" || $0 == "none" } ?? true)
    }

    /// Whether nobody else can have made a name of theirs lead here: a number, or a name that this machine was given.
    private func isOwnName(_ authority: String, _ host: String) -> Bool {
        if authority.hasPrefix("[") { return true }
        let name = authority.prefix { $0 != ":" }
        return name == "localhost" || name == host.lowercased()
            || name.allSatisfy { $0.isNumber || $0 == "." }
    }
}
