import HTTPTypes
import Scoring

extension Routes {
    /// Starting runs.
    var runs: [Route] {
        [Route(.post, "/v1/runs") { request, _ in try await start(request) }]
    }

    private func start(_ request: Request) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.api)
        let token = try request.requireToken()
        // Starting a run without a board writes nothing, so the token can be judged by using it.
        let started = try services.startRun(token)
        let body = try await request.readBody(limit: BodyLimit.api)
        guard !body.isEmpty else { return .json(started.document, status: .created) }
        try request.checkBodyIsJSON()
        guard let board = try BodyMembers(jsonObject(body)).text("board") else {
            return .json(started.document, status: .created)
        }
        let key = request.headers[.idempotencyKey]
        guard key?.isIdempotencyKey ?? true else {
            throw Problem.parameter("Idempotency-Key", takes: "1 to 128 visible ASCII characters")
        }
        return .json(try await services.startBoardRun(token, board, key).document, status: .created)
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
