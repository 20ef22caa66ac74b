import Encodings
import HTTPTypes
import Languages
import NIOCore
import Pages

/// A page or script that the service serves as it is, packed by gzip for whoever takes that.
struct Asset: Sendable {
    private struct Form {
        let body: ByteBuffer
        var headers: HTTPFields
    }

    private var plain: Form
    private var packed: Form

    /// Takes the bytes of a file.
    ///
    /// - Parameter isImmutable: Whether its address never gives others, so that it need not be asked for again.
    init(_ bytes: [UInt8], contentType: String, isImmutable: Bool = false) {
        let name = fingerprint(of: bytes)
        let policy = contentType.hasPrefix("text/html") ? ContentPolicy.of(bytes) : nil
        func headers(tag: String) -> HTTPFields {
            Headers.asset(contentType: contentType, tag: tag, policy: policy, isImmutable: isImmutable)
        }
        plain = Form(body: ByteBuffer(bytes: bytes), headers: headers(tag: "\"\(name)\""))
        var packed = headers(tag: "\"\(name)-gzip\"")
        packed[.contentEncoding] = "gzip"
        self.packed = Form(body: ByteBuffer(bytes: Gzip.pack(bytes)), headers: packed)
    }

    /// Takes a page of the program.
    init(_ page: Page, isImmutable: Bool = false) {
        self.init(page.bytes, contentType: page.contentType, isImmutable: isImmutable)
    }

    /// Takes a page of the program in a language.
    ///
    /// - Parameter values: What is filled in beside texts of the catalogue.
    init(_ page: Page, in language: Language, _ values: [String: String] = [:]) {
        self.init(page.written(in: language, values), contentType: page.contentType)
        for form in [\Self.plain, \.packed] {
            self[keyPath: form].headers[.vary] = "Accept-Language, Accept-Encoding"
            self[keyPath: form].headers[.contentLanguage] = language.rawValue
        }
    }

    /// The answer to a request for the file.
    ///
    /// - Parameter request: The request; when its `If-None-Match` names what we have, only that is said.
    func response(to request: Request) -> Response {
        let form = request.headers[.acceptEncoding]?.takesGzip == true ? packed : plain
        if let tag = form.headers[.eTag], request.headers[.ifNoneMatch]?.listsTag(tag) == true {
            var headers = form.headers
            headers[.contentEncoding] = nil
            return Response(status: .notModified, headers: headers).withoutLength
        }
        return Response(status: .ok, headers: form.headers, body: .whole(form.body))
    }
}

extension String {
    /// Whether an `Accept-Encoding` lists gzip and does not refuse it (RFC 9110, section 12.5.3).
    fileprivate var takesGzip: Bool {
        split(separator: ",").contains { item in
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first, name.isSame(as: "gzip") else { return false }
            return parts.dropFirst().allSatisfy { $0.lowercased().wholeMatch(of: /q=0(\.0*)?/) == nil }
        }
    }

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
