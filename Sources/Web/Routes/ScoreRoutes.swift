import HTTPTypes
import Hummingbird
import HummingbirdCore
import Leaderboards
import Scoring

extension Routes {
    /// How many leaderboards beyond the first one answer reports on.
    static let maximumBoards = 16

    /// Submitting scores.
    var scores: [Route] {
        [Route(.post, "/v1/scores") { request, _ in try await submit(request) }]
    }

    private func submit(_ request: Request) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.api)
        let token = try request.requireToken()
        let body = try await request.readBody(limit: BodyLimit.api)
        let submission: ScoreSubmission
        do {
            submission = try self.submission(token: token, request: request, body: body)
        } catch {
            // Whoever holds no good token is told that first, and nothing about the rest.
            _ = try services.kindOfToken(token)
            throw error
        }
        let receipt = try await services.submit(submission)
        var response = Response.json(receipt.document)
        if receipt.isReplay { response.headers[.idempotencyReplayed] = "true" }
        return response
    }

    private func submission(token: String, request: Request, body: [UInt8]) throws -> ScoreSubmission {
        let boards = try boards(request.uri)
        let key = try idempotencyKey(request, token: token)
        if !body.isEmpty { try request.checkBodyIsJSON() }
        let score = try ScoreBody(body)
        return ScoreSubmission(
            token: token,
            score: score.score,
            idempotencyKey: key,
            metadata: score.metadata,
            boards: boards
        )
    }

    private func idempotencyKey(_ request: Request, token: String) throws -> String? {
        guard let key = request.headers.text(.idempotencyKey) else { return nil }
        if key.isIdempotencyKey { return key }
        // A run names itself, so with its token the header means nothing, whatever it holds.
        if try services.kindOfToken(token) == .run { return nil }
        throw Problem.parameter("Idempotency-Key", takes: "1 to 128 visible ASCII characters")
    }

    private func boards(_ uri: URI) throws(Problem) -> [BoardKind] {
        guard let text = try QueryValues(uri).text("boards"), !text.isEmpty else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let boards = names.compactMap { BoardKind($0) }
        guard boards.count == names.count, boards.count <= Self.maximumBoards else {
            throw .parameter(
                "boards",
                takes:
                    "at most \(Self.maximumBoards) of SCOPE/WINDOW, separated by commas, for example chat/week,global/all"
            )
        }
        return boards
    }
}
