/// One HTTP response, held whole in memory.
package struct CurlResponse: Sendable {
    /// The status code.
    package let status: Int

    /// The header fields.
    package var headers: CurlHeaders = []

    /// The body as received, empty where there is none.
    package var body: [UInt8] = []

    /// The major version of HTTP that carried the response: 1 or 2.
    package var httpVersion: Int = 1
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
