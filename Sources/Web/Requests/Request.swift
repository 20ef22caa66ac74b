import HTTPTypes
import NIOCore
import NIOHTTP1

/// A request with its body, or what that arrives by.
struct Request: Sendable {
    enum Body: Sendable {
        /// All of it.
        case whole(ByteBuffer)
        /// One that is still on its way.
        case arriving(BodySource.Parts)
    }

    let head: RequestHead
    let body: Body
    /// The address without its query.
    let path: String
    /// The query as it was sent, without its question mark; empty where there is none.
    let query: String

    init(head: RequestHead, body: Body) {
        (self.head, self.body) = (head, body)
        let target = head.target
        if let mark = target.utf8.firstIndex(of: UInt8(ascii: "?")) {
            path = String(decoding: target.utf8[..<mark], as: UTF8.self)
            let rest = target.utf8[mark...].dropFirst()
            query = String(decoding: rest.prefix { $0 != UInt8(ascii: "#") }, as: UTF8.self)
        } else {
            (path, query) = (target, "")
        }
    }

    var method: HTTPRequest.Method { head.method }
    var headers: HTTPHeaders { head.headers }
}
