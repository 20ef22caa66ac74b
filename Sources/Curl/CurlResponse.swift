/// One HTTP response, held whole in memory.
package struct CurlResponse: Sendable {
    /// The status code.
    package let status: Int

    /// The header fields.
    package let headers: CurlHeaders

    /// The body as received, empty where there is none.
    package let body: [UInt8]

    /// The major version of HTTP that carried the response: 1 or 2.
    package let httpVersion: Int

    /// Makes a response, for code that stands in for a server.
    ///
    /// - Parameter httpVersion: The major version of HTTP.
    package init(status: Int, headers: CurlHeaders = [], body: [UInt8] = [], httpVersion: Int = 1) {
        self.status = status
        self.headers = headers
        self.body = body
        self.httpVersion = httpVersion
    }
}

extension CurlResponse: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        "status \(status), \(body.count) bytes"
    }

    package var debugDescription: String {
        description
    }

    /// Hides headers and body, which may repeat secrets of the request.
    package var customMirror: Mirror {
        Mirror(self, children: ["response": description])
    }
}
