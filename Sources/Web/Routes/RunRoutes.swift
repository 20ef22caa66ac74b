import HTTPTypes
import Scoring

extension Routes {
    /// Starting runs.
    var runs: [Route] {
        [Route(.post, "/v1/runs") { request, _ in try await start(request) }]
    }

    private func start(_ request: Request) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.api)
        // Starting a run writes nothing, so the token can be judged by using it.
        let started = try services.startRun(request.requireToken())
        let body = try await request.readBody(limit: BodyLimit.api)
        if !body.isEmpty {
            try request.checkBodyIsJSON()
            _ = try jsonObject(body)
        }
        return .json(started.document, status: .created)
    }
}

/// How long bodies may be, in bytes.
enum BodyLimit {
    /// What pages send.
    static let api = 16 * 1024
    /// What servers send.
    static let batch = 1024 * 1024
    /// What Telegram sends.
    static let update = 512 * 1024
}
