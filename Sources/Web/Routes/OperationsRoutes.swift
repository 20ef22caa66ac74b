import HTTPTypes
import NIOCore

extension Routes {
    /// Looking after the service.
    ///
    /// All but everybody get metrics, and are told why the service is not ready.
    func operations(for audience: ReadinessDocument.Audience) -> [Route] {
        let open = [
            Route(.get, "/healthz") { _, _ in .json(Array(#"{"status":"ok"}"#.utf8)) },
            Route(.get, "/readyz") { _, _ in ready(for: audience) },
        ]
        let closed = [Route(.get, "/metrics") { _, _ in measured() }]
        return audience == .everybody ? open : open + closed
    }

    private func ready(for audience: ReadinessDocument.Audience) -> Response {
        let document = ReadinessDocument(services.readiness(), for: audience)
        return .json(document.bytes, status: .init(code: document.status))
    }

    private func measured() -> Response {
        Response(
            status: .ok,
            headers: Headers.metrics,
            body: .whole(ByteBuffer(bytes: services.metrics()))
        )
    }
}
