import HTTPTypes
import Leaderboards
import Scoring

extension Routes {
    /// Launches that do not begin with a press which Telegram told us of.
    var launches: [Route] {
        [
            Route(.post, "/v1/launches") { request, _ in try await openMiniApp(request) },
            Route(.post, "/v1/games/{bot}/{short_name}/launches") { try await openForServer($0, $1) },
        ]
    }

    private func openMiniApp(_ request: Request) async throws -> Response {
        let body = try await request.readBody(limit: BodyLimit.api)
        if !body.isEmpty { try request.checkBodyIsJSON() }
        let members = BodyMembers(try jsonObject(body))
        guard let data = try members.text("init_data") else {
            throw members.wrong("init_data", takes: "the text of Telegram.WebApp.initData")
        }
        guard let game = try members.text("game") else {
            throw members.wrong("game", takes: "the short name of a game, or BOT/SHORT_NAME")
        }
        return .json(try await services.openMiniApp(data, game).documentForApp, status: .created)
    }

    private func openForServer(_ request: Request, _ context: WebContext) async throws -> Response {
        try request.checkDeclaredLength(limit: BodyLimit.api)
        let game = try request.requireGame(context, services)
        let body = try await request.readBody(limit: BodyLimit.api)
        if !body.isEmpty { try request.checkBodyIsJSON() }
        let opened = try await services.openForServer(try press(body), game)
        return .json(opened.documentForServer, status: .created)
    }

    private func press(_ body: [UInt8]) throws(Problem) -> ServerPress {
        let members = BodyMembers(try jsonObject(body))
        guard let player = try members.object("player") else {
            throw members.wrong("player", takes: "an object with 'id'")
        }
        let id = try player.playerID()
        let username = try player.text("username")
        let profile = try player.text("name").map {
            PlayerProfile(id: id, firstName: $0, lastName: nil, username: username)
        }
        return ServerPress(
            player: id,
            profile: profile,
            chatInstance: try members.chatInstance(),
            target: try members.target() ?? .none
        )
    }
}
