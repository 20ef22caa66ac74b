import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
    /// An answer in JSON.
    ///
    /// - Returns: The response, which nobody may keep.
    static func json(_ bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: Headers.json,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// A refusal.
    ///
    /// - Returns: The response with its problem document.
    static func problem(_ problem: Problem) -> Response {
        Response(
            status: HTTPResponse.Status(code: problem.code.status),
            headers: problem.headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: problem.document))
        )
    }

    /// The answer to every `OPTIONS`: any page may send any request that there is, without credentials of the browser's.
    static let preflight = Response(status: .noContent, headers: Headers.preflight).withoutLength

    /// A response of status 204 must not declare a length (RFC 9110, section 8.6).
    private var withoutLength: Response {
        var response = self
        response.headers[.contentLength] = nil
        return response
    }
}
