import HTTPTypes
import Hummingbird
import NIOCore
import Pages

/// A page or script that the service serves as it is.
struct Asset: Sendable {
    private let body: ByteBuffer
    private let headers: HTTPFields

    /// Takes the bytes of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file.
    ///   - contentType: Its media type.
    init(_ bytes: [UInt8], contentType: String) {
        body = ByteBuffer(bytes: bytes)
        headers = Headers.asset(contentType: contentType, tag: "\"\(Fingerprint.of(bytes))\"")
    }

    /// Takes a page of the program.
    ///
    /// - Parameter page: The page.
    init(_ page: Page) {
        self.init(page.bytes, contentType: page.contentType)
    }

    /// The answer to a request for the file.
    ///
    /// - Parameter request: The request; when its `If-None-Match` names what we have, only that is said.
    /// - Returns: The file, or `304`.
    func response(to request: Request) -> Response {
        if let tag = headers[.eTag], let known = request.headers[.ifNoneMatch],
            known == "*" || known.contains(tag)
        {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}
