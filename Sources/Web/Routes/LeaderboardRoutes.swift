import Hummingbird
import Leaderboards
import Scoring

/// Reading leaderboards.
struct LeaderboardRoutes {
    let useCases: WebUseCases

    var routes: [Route] {
        [
            Route(.readLeaderboard) { request, _ in try await readOwn(request) },
            Route(.readPublicLeaderboard) {
                try await readPublic($0, $1)
            },
        ]
    }

    private func readOwn(_ request: Request) async throws -> Response {
        let token = try request.requireToken()
        let query: LeaderboardQuery
        do {
            query = try LeaderboardQuery(request.uri)
        } catch {
            _ = try useCases.kindOfToken(token)
            throw error
        }
        let page = try await useCases.leaderboard(query.request(by: .player(token: token)))
        return .json(page.document())
    }

    private func readPublic(_ request: Request, _ context: WebContext) async throws -> Response {
        // Somebody who presents a credential means more than anybody may see; saying nothing would hide the mistake.
        guard request.bearerToken == nil else {
            throw Problem(
                .tokenInvalid,
                "This route is read without a token; players read GET /v1/leaderboard."
            )
        }
        let query = try LeaderboardQuery(request.uri)
        guard query.scope != .chat else {
            throw Problem.parameter(
                "scope",
                takes: "only 'global' here: a chat's leaderboard is for its members"
            )
        }
        guard query.start != .aroundMe else {
            throw Problem.parameter(
                "around",
                takes: "a player's id here: nobody is 'me' without a player's token"
            )
        }
        guard let bot = context.parameters.get("bot"), let name = context.parameters.get("short_name") else {
            throw Problem(.notFound, "There is no such public game.")
        }
        let page = try await useCases.leaderboard(query.request(by: .anybody(bot: bot, shortName: name)))
        return .json(page.document())
    }
}
