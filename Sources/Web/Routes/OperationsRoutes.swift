import Hummingbird
import NIOCore
import Scoring

/// Looking after the service.
struct OperationsRoutes {
    let readiness: @Sendable () -> [UnreadyReason]
    let metrics: @Sendable () -> [UInt8]
    /// Whether insides are told here: metrics, and why the service is not ready.
    let isForOperators: Bool

    var routes: [Route] {
        let open = [
            Route(.health) { _, _ in .json(Array(#"{"status":"ok"}"#.utf8)) },
            Route(.readiness) { _, _ in ready() },
        ]
        let closed = [Route(.metrics) { _, _ in measured() }]
        return isForOperators ? open + closed : open
    }

    private func ready() -> Response {
        let document = ReadinessDocument(readiness(), showingReasons: isForOperators)
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
