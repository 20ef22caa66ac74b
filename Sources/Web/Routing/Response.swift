import HTTPTypes
import NIOCore

/// An answer.
struct Response: Sendable {
    /// Sends a part of a body, once the client has room for it; throws when the connection is closed.
    typealias Send = (ByteBuffer) async throws -> Void

    enum Body: Sendable {
        case whole(ByteBuffer)
        /// Parts that are sent as they are made, whose length nobody knows.
        case parts(@Sendable (Send) async throws -> Void)
    }

    let status: HTTPResponse.Status
    /// The headers, which say how long the body is where that is known.
    var headers: HTTPFields
    var body: Body

    init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: Body = .whole(ByteBuffer())) {
        (self.status, self.headers, self.body) = (status, headers, body)
        guard case .whole(let bytes) = body else { return }
        self.headers.append(HTTPField(name: .contentLength, value: String(bytes.readableBytes)))
    }
}
