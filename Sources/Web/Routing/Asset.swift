import HTTPTypes
import Languages
import NIOCore
import Pages

/// A page or script that the service serves as it is.
struct Asset: Sendable {
    private let body: ByteBuffer
    private var headers: HTTPFields

    /// Takes the bytes of a file.
    init(_ bytes: [UInt8], contentType: String) {
        body = ByteBuffer(bytes: bytes)
        headers = Headers.asset(
            contentType: contentType,
            tag: "\"\(fingerprint(of: bytes))\"",
            policy: contentType.hasPrefix("text/html") ? ContentPolicy.of(bytes) : nil
        )
    }

    /// Takes a page of the program.
    init(_ page: Page) {
        self.init(page.bytes, contentType: page.contentType)
    }

    /// Takes a page of the program in a language.
    ///
    /// - Parameter values: What is filled in beside texts of the catalogue.
    init(_ page: Page, in language: Language, _ values: [String: String] = [:]) {
        self.init(page.written(in: language, values), contentType: page.contentType)
        headers[.vary] = "Accept-Language"
        headers[.contentLanguage] = language.rawValue
    }

    /// The answer to a request for the file.
    ///
    /// - Parameter request: The request; when its `If-None-Match` names what we have, only that is said.
    func response(to request: Request) -> Response {
        if let tag = headers[.eTag], request.headers[.ifNoneMatch]?.listsTag(tag) == true {
            return Response(status: .notModified, headers: headers).withoutLength
        }
        return Response(status: .ok, headers: headers, body: .whole(body))
    }
}

extension String {
    /// Whether an `If-None-Match` names a tag, weakly compared (RFC 9110, section 13.1.2).
    ///
    /// - Parameter tag: The tag with its quotes; it holds no comma.
    /// - Returns: Whether it does, or names all there are.
    func listsTag(_ tag: String) -> Bool {
        self == "*"
            || utf8.split(separator: UInt8(ascii: ",")).contains { item in
                var item = item.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                if item.starts(with: "W/".utf8) { item = item.dropFirst(2) }
                return item.starts(with: tag.utf8)
                    && item.dropFirst(tag.utf8.count).allSatisfy {
                        $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t")
                    }
            }
    }
}
