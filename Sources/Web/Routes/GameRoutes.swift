import HTTPTypes
import Leaderboards
import Scoring

extension Routes {
    /// Describing games to those who show their leaderboards.
    var games: [Route] {
        [
            Route(.get, "/v1/game") { request, _ in
                let token = try request.requireToken()
                return .tagged(try services.describe(.player(token: token)).document, to: request)
            },
            Route(.get, "/v1/games/{bot}/{short_name}") { try describeNamed($0, $1) },
        ]
    }

    private func describeNamed(_ request: Request, _ context: WebContext) throws -> Response {
        let viewer: LeaderboardRequest.Viewer =
            if let key = request.bearerToken {
                .server(try request.game(opening: key, context, services), chat: nil)
            } else {
                .anybody(
                    bot: context.parameter("bot") ?? "",
                    shortName: context.parameter("short_name") ?? ""
                )
            }
        return .tagged(try services.describe(viewer).document, to: request)
    }
}
