import Web

/// An `http` or `https` address of a server, taken apart as far as settings need it.
struct WebAddress: Hashable {
    let isSecure: Bool
    /// In lower case; an IPv6 number with its brackets.
    let host: String
    /// Nil for the scheme's own.
    let port: Int?
    /// Begins with `/` unless it is empty, and does not end with one.
    let path: String

    /// Takes an address apart; an error says which part is wrong and quotes only what cannot be secret.
    init(_ text: String) throws(ValueProblem) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        guard scheme == "https" || scheme == "http", text.dropFirst(scheme.count).hasPrefix("://") else {
            throw ValueProblem("does not begin with https:// or http://")
        }
        isSecure = scheme == "https"
        let rest = text.dropFirst(scheme.count + 3)
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ValueProblem("holds a space, a control character or a letter that must be percent-encoded")
        }
        guard !rest.contains("?"), !rest.contains("#") else {
            throw ValueProblem("has a query or fragment, which it cannot have")
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else {
            throw ValueProblem("holds a user name or password, which it cannot have")
        }
        (host, port) = try Self.hostAndPort(authority)
        var path = rest.dropFirst(authority.count)
        while path.hasSuffix("/") { path.removeLast() }
        self.path = String(path)
    }

    /// The address without a slash at its end.
    var text: String { "\(isSecure ? "https" : "http")://\(host)\(port.map { ":\($0)" } ?? "")\(path)" }

    private static func hostAndPort(_ authority: Substring) throws(ValueProblem) -> (String, Int?) {
        let hostEnd =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let hostEnd else { throw ValueProblem("has no host") }
        let host = authority[..<hostEnd].lowercased()
        let isLegal =
            host.hasPrefix("[")
            ? host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
            : host.utf8.allSatisfy(\.isHostCharacter)
        guard !host.isEmpty, isLegal else { throw ValueProblem("has no host that could be one") }
        let rest = authority[hostEnd...]
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.hasPrefix(":"), let port = HostPort.port(rest.dropFirst()), port > 0 else {
            throw ValueProblem("has a port that is not a number from 1 to 65535")
        }
        return (host, port)
    }
}
