/// One HTTP request, held whole in memory.
///
/// The URL, the headers and the body count as secret: none of them is ever printed.
package struct CurlRequest: Sendable {
    /// The method.
    package var method: Method

    /// The absolute `http` or `https` URL, already percent-encoded.
    package var url: String

    /// The header fields in the order in which they are sent.
    ///
    /// `Host`, `Content-Length`, `User-Agent` and `Accept` are added where absent.
    package var headers: [(name: String, value: String)]

    /// The body; `nil` sends none.
    package var body: [UInt8]?

    /// Whether the request may be sent a second time when a kept-alive connection turns out to be dead.
    ///
    /// A server may close an idle connection at the very moment a request is written to it. libcurl then repeats a
    /// repeatable request on a fresh connection; any other fails with ``CurlError/Code/receiveFailed``.
    /// The default is what HTTP calls idempotent: every method but `POST` and `PATCH`.
    package var isRepeatable: Bool

    /// Makes a request.
    ///
    /// - Parameter isRepeatable: Overrides whether the request may be repeated on a fresh connection.
    package init(
        method: Method = .get,
        url: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        isRepeatable: Bool? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isRepeatable = isRepeatable ?? (method != .post && method != .patch)
    }
}

extension CurlRequest {
    /// An HTTP method, written as it is sent.
    package struct Method: Sendable, Hashable, RawRepresentable, CustomStringConvertible {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package static let get = Self(rawValue: "GET")
        package static let head = Self(rawValue: "HEAD")
        package static let post = Self(rawValue: "POST")
        package static let put = Self(rawValue: "PUT")
        package static let patch = Self(rawValue: "PATCH")
        package static let delete = Self(rawValue: "DELETE")
        package static let options = Self(rawValue: "OPTIONS")

        package var description: String {
            rawValue
        }
    }
}

extension CurlRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "\(method) \(Origin(of: url)?.description ?? "(no usable URL)")"
    }

    package var debugDescription: String {
        description
    }

    /// Hides the members from `dump` and from reflecting initializers.
    package var customMirror: Mirror {
        Mirror(self, children: ["request": description])
    }
}
