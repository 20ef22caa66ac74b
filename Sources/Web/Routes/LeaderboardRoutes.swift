import HTTPTypes
import Leaderboards
import Scoring

extension Routes {
    /// Reading leaderboards.
    var leaderboards: [Route] {
        [
            Route(.get, "/v1/leaderboard") { request, _ in try await readOwn(request) },
            Route(.get, "/v1/games/{bot}/{short_name}/leaderboard") { try await readOfGame($0, $1) },
        ]
    }

    private func readOwn(_ request: Request) async throws -> Response {
        let token = try request.requireToken()
        let query: LeaderboardQuery
        do {
            query = try LeaderboardQuery(request.query)
        } catch {
            _ = try services.kindOfToken(token)
            throw error
        }
        let page = try await services.leaderboard(query.request(by: .player(token: token)))
        return .tagged(page.document(), to: request)
    }

    private func readOfGame(_ request: Request, _ context: WebContext) async throws -> Response {
        // Judged first: whoever holds no good key is told that, and nothing about the rest.
        let opened = try request.bearerToken.map { try request.game(opening: $0, context, services) }
        let query = try LeaderboardQuery(request.query)
        guard query.start != .aroundMe else {
            throw Problem.parameter(
                "around",
                takes: "a player's id here: nobody is 'me' without a player's token"
            )
        }
        let chat = try chat(request.query)
        let viewer = try opened.map { try server(of: $0, chat, query) } ?? anybody(context, chat, query)
        let page = try await services.leaderboard(query.request(by: viewer))
        return .tagged(page.document(), to: request)
    }

    private func server(
        of game: Game,
        _ chat: ChatInstance?,
        _ query: LeaderboardQuery
    ) throws(Problem) -> LeaderboardRequest.Viewer {
        guard query.scope != .chat || chat != nil else {
            throw .parameter("scope", takes: "'chat' only with the parameter 'chat', which says of which")
        }
        return .server(game, chat: query.scope == .global ? nil : chat)
    }

    private func anybody(
        _ context: WebContext,
        _ chat: ChatInstance?,
        _ query: LeaderboardQuery
    ) throws(Problem) -> LeaderboardRequest.Viewer {
        guard query.scope != .chat, chat == nil else {
            throw .parameter(
                query.scope == .chat ? "scope" : "chat",
                takes:
                    "no value without an API key but 'global' as the scope: a chat's leaderboard is for its members"
            )
        }
        guard let bot = context.parameter("bot"), let name = context.parameter("short_name") else {
            throw Problem(.notFound, "There is no such public game.")
        }
        return .anybody(bot: bot, shortName: name)
    }

    private func chat(_ query: String) throws(Problem) -> ChatInstance? {
        guard let text = try QueryValues(query).text("chat") else { return nil }
        guard let chat = ChatInstance(text) else {
            throw .parameter("chat", takes: "a chat_instance as Telegram sends it")
        }
        return chat
    }
}
