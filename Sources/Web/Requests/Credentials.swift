import HTTPTypes

extension Request {
    /// The token of `Authorization: Bearer …`; nil where the header is absent, of another scheme or empty.
    var bearerToken: String? {
        guard let header = headers[.authorization] else { return nil }
        let space = UInt8(ascii: " ")
        guard let end = header.utf8.firstIndex(of: space), isBearer(header.utf8[..<end]) else { return nil }
        let token = header.utf8[end...].drop { $0 == space }
        return token.isEmpty ? nil : String(Substring(token))
    }

    /// The token that a page presents.
    ///
    /// - Returns: The token, not yet looked into.
    /// - Throws: ``Problem`` with `token_missing`.
    func requireToken() throws(Problem) -> String {
        guard let bearerToken else {
            throw Problem(.tokenMissing, "Send the launch or run token as 'Authorization: Bearer TOKEN'.")
        }
        return bearerToken
    }

    /// The scheme's name is taken in any case (RFC 9110, section 11.1).
    private func isBearer(_ scheme: Substring.UTF8View) -> Bool {
        scheme.elementsEqual("bearer".utf8) { $0 | 0x20 == $1 }
    }
}

extension String {
    /// Whether it may name a run, so that repetitions can be told from second runs: 1–128 visible ASCII characters.
    var isIdempotencyKey: Bool {
        (1...128).contains(utf8.count) && utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
