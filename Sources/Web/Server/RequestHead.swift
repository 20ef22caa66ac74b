import HTTPTypes
import NIOHTTP1
import NIOHTTPTypesHTTP1

extension HTTPRequest {
    /// Takes over a head of HTTP/1.
    ///
    /// - Parameter head: The head; one with a method that is no token gives nil.
    init?(_ head: HTTPRequestHead) {
        guard head.uri.utf8.first == UInt8(ascii: "/"), let method = try? Method(head.method) else {
            // The whole address, which only proxies and tests send, is taken apart by the library.
            guard let request = try? HTTPRequest(head, secure: false, splitCookie: false) else { return nil }
            self = request
            return
        }
        self.init(
            method: method,
            scheme: "http",
            authority: head.headers.first(name: "Host"),
            path: head.uri,
            headerFields: HTTPFields(head.headers, splitCookie: false)
        )
    }
}
