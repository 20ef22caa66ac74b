import CLibCurl

/// Scheme, host and port of a URL: what requests to one server share, and all that errors may show of it.
struct Origin: Sendable, Hashable, CustomStringConvertible {
    let scheme: String
    let host: String
    let port: String

    /// Reads the origin with libcurl's own parser, so that both agree on what the host is.
    ///
    /// The result is `nil` when the URL cannot be parsed or is neither `http` nor `https`.
    init?(of url: String) {
        guard !url.utf8.contains(0), let parsed = unsafe curl_url() else {
            return nil
        }
        defer { unsafe curl_url_cleanup(parsed) }
        guard unsafe curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK,
            let scheme = unsafe Self.part(CURLUPART_SCHEME, of: parsed),
            scheme == "http" || scheme == "https",
            let host = unsafe Self.part(CURLUPART_HOST, of: parsed), !host.isEmpty,
            let port = unsafe Self.part(CURLUPART_PORT, of: parsed)
        else {
            return nil
        }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    var description: String {
        "\(scheme)://\(host):\(port)"
    }

    private static func part(_ part: CURLUPart, of url: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe curl_url_get(url, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK,
            let text = unsafe text
        else {
            return nil
        }
        defer { unsafe curl_free(text) }
        return unsafe String(cString: text)
    }
}
