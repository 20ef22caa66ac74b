import HTTPTypes
import Instruments
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// The head of a request.
struct RequestHead: Sendable {
    let method: HTTPRequest.Method
    /// The path with its query.
    let target: String
    let headers: HTTPHeaders
}

extension RequestHead {
    /// Takes over a head of HTTP/1.
    ///
    /// - Parameter head: The head; one with a method that is no token gives nil.
    init?(_ head: HTTPRequestHead) {
        guard let method = try? HTTPRequest.Method(head.method) else { return nil }
        var target = head.uri
        if target.utf8.first != UInt8(ascii: "/") {
            // The whole address, which only proxies and tests send, is taken apart by the library.
            guard let request = try? HTTPRequest(head, secure: false, splitCookie: false) else { return nil }
            target = request.path ?? ""
        }
        self.init(method: method, target: target, headers: head.headers)
    }
}

/// What a head says of the place of its request on the connection (RFC 9112, sections 3.2, 6 and 9).
struct RequestFraming {
    /// The length of the body to come; nil when it is chunked.
    var bodyLength: Int? = 0
    /// Whether the client wants no request after this one.
    var isLast = false
    /// Whether it understands chunks, and interim answers, as HTTP/1.0 does not.
    var takesChunks = true
    /// Whether it would go on in another protocol; then the decoder stops after the request.
    var offersUpgrade = false
    /// What the client calls the request, if that can be a name.
    var name: RequestName?
}

extension RequestFraming {
    /// Reads a head.
    ///
    /// - Parameter head: The head; one whose host or body could be understood in two ways gives nil.
    init?(_ head: HTTPRequestHead) {
        var (hosts, codings, hasUpgrade, connectsUpgrade) = (0, 0, false, false)
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 4 where name.isSame(as: "host"): hosts += 1
            case 7 where name.isSame(as: "upgrade"): hasUpgrade = true
            case 10 where name.isSame(as: "connection"):
                connectsUpgrade = connectsUpgrade || value.lists("upgrade")
            case 12 where name.isSame(as: "x-request-id"):
                self.name = self.name ?? RequestName(given: value)
            case 14 where name.isSame(as: "content-length"):
                guard let length = Int(value) else { return nil }
                bodyLength = length
            case 17 where name.isSame(as: "transfer-encoding"):
                guard value.isSame(as: "chunked") else { return nil }
                codings += 1
            default: break
            }
        }
        takesChunks = head.version != .http1_0
        guard takesChunks ? hosts == 1 && codings <= 1 : hosts <= 1 && codings == 0 else { return nil }
        if codings == 1 { bodyLength = nil }
        isLast = !head.isKeepAlive || !takesChunks || head.method == .CONNECT
        offersUpgrade = hasUpgrade && connectsUpgrade
    }
}

extension StringProtocol {
    /// Whether a name is in a list with commas.
    fileprivate func lists(_ name: String) -> Bool {
        utf8.split(separator: UInt8(ascii: ",")).contains {
            var item = $0.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            while item.last == UInt8(ascii: " ") || item.last == UInt8(ascii: "\t") { item.removeLast() }
            return item.elementsEqual(name.utf8) { $0 | 0x20 == $1 }
        }
    }
}
