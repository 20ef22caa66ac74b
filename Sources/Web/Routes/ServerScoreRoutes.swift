import HTTPTypes
import Leaderboards
import Scoring

extension Routes {
    /// Submitting scores from a studio's own servers.
    var serverScores: [Route] {
        [Route(.post, "/v1/games/{bot}/{short_name}/scores") { try await submit($0, $1) }]
    }

    private func submit(_ request: Request, _ context: WebContext) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.batch)
        let game = try request.requireGame(context, services)
        let bytes = try await request.readBody(limit: BodyLimit.batch)
        if !bytes.isEmpty { try request.checkBodyIsJSON() }
        let items = try ServerScoresBody(bytes).items
        var receipts = try await services.submitForServer(items.compactMap { try? $0.score.get() }, game)[...]
        let results = items.map { id, score in
            (
                id: id,
                outcome: score.flatMap { _ in
                    (receipts.popFirst() ?? .failure(.internal("a score without an answer"))).mapError {
                        Problem($0)
                    }
                }
            )
        }
        return .json(serverScoresDocument(results))
    }
}
