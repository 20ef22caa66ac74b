import Hummingbird
import Leaderboards
import Scoring

/// Submitting scores from a studio's own servers.
struct ServerScoreRoutes {
    let useCases: ServerUseCases

    var routes: [Route] {
        [Route(.submitScores) { try await submit($0, $1) }]
    }

    private func submit(_ request: Request, _ context: WebContext) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.batch)
        let game = try request.requireGame(context, useCases)
        let bytes = try await request.readBody(limit: BodyLimit.batch)
        if !bytes.isEmpty { try request.checkBodyIsJSON() }
        let items = try ServerScoresBody(bytes).items
        var receipts = try await useCases.submit(items.compactMap { try? $0.score.get() }, game)[...]
        let results = items.map { item -> ServerScoreResult in
            switch item.score {
            case .failure(let problem): ServerScoreResult(id: item.id, outcome: .failure(problem))
            case .success:
                ServerScoreResult(
                    id: item.id,
                    outcome: (receipts.popFirst() ?? .failure(.internal("a score without an answer")))
                        .mapError { Problem($0) }
                )
            }
        }
        return .json(results.document)
    }
}
