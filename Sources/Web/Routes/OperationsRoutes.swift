import Hummingbird
import NIOCore
import Leaderboards

/// Looking after the service.
struct OperationsRoutes {
    let readiness: @Sendable () -> [UnreadyReason]
    let metrics: @Sendable () -> [UInt8]
    /// Who is answered here: all but everybody get metrics, and are told why the service is not ready.
    let audience: ReadinessDocument.Audience

    var routes: [Route] {
        let open = [
            Route(.health) { _, _ in .json(Array(#"{"status":"ok"}"#.utf8)) },
            Route(.readiness) { _, _ in ready() },
        ]
        let closed = [Route(.metrics) { _, _ in measured() }]
        return audience == .everybody ? open : open + closed
    }

    private func ready() -> Response {
        let document = ReadinessDocument(readiness(), for: audience)
        return .json(document.bytes, status: .init(code: document.status))
    }

    private func measured() -> Response {
        Response(
            status: .ok,
            headers: Headers.metrics,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: metrics()))
        )
    }
}
