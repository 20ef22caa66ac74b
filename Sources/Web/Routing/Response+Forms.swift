import HTTPTypes
import NIOCore

extension Response {
    /// An answer in JSON.
    ///
    /// - Returns: The response, which nobody may keep.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: Headers.json,
            body: .whole(ByteBuffer(bytes: bytes))
        )
    }

    /// An answer in JSON that a page may ask for again by its tag.
    ///
    /// The tag is of all bytes, so that nothing that is shown can differ behind it.
    ///
    /// - Parameter request: The request; when its `If-None-Match` names the answer, only that is said.
    static func tagged(_ bytes: [UInt8], to request: Request) -> Response {
        let tag = "\"\(fingerprint(of: bytes))\""
        var headers = Headers.tagged
        headers.append(HTTPField(name: .eTag, value: tag))
        guard request.headers[.ifNoneMatch]?.listsTag(tag) != true else {
            headers[.contentType] = nil
            return Response(status: .notModified, headers: headers).withoutLength
        }
        return Response(
            status: .ok,
            headers: headers,
            body: .whole(ByteBuffer(bytes: bytes))
        )
    }

    /// A refusal.
    ///
    /// - Returns: The response with its problem document.
    static func problem(_ problem: Problem) -> Response {
        Response(
            status: HTTPResponse.Status(code: problem.code.status),
            headers: problem.headers,
            body: .whole(ByteBuffer(bytes: problem.document))
        )
    }

    /// The answer to every `OPTIONS`: any page may send any request that there is, without credentials of the browser's.
    static let preflight = Response(status: .noContent, headers: Headers.preflight).withoutLength

    /// A response of status 204 must not declare a length, and one of 304 none but the document's (RFC 9110, section 8.6).
    var withoutLength: Response {
        var response = self
        response.headers[.contentLength] = nil
        return response
    }
}
