import HTTPTypes
import Leaderboards
import NIOCore
import Scoring
import Tokens

extension Routes {
    /// Watching leaderboards.
    var streams: [Route] {
        [Route(.get, "/v1/leaderboard/events") { try await watch($0, $1) }]
    }

    private func watch(_ request: Request, _ context: WebContext) async throws -> Response {
        let access = try services.boardAccess(credential(of: request))
        let topic = try topic(request, access)
        let address = services.streams.limits.client(
            peer: context.channel?.remoteAddress?.ipAddress.flatMap { IPAddress($0) },
            forwarded: request.headers[.xForwardedFor]
        )
        let share = try services.streams.open(access, from: address)
        let watch = try await services.watch(topic, access)
        return BoardStream(watch: watch, lastID: request.headers[.lastEventID], share: share).response(
            context
        )
    }

    /// What the request presents: a player's token in its header, or a board token in its address.
    ///
    /// Addresses end up in logs and histories, so nothing that can submit scores is taken from them.
    private func credential(of request: Request) throws(Problem) -> WebServices.WatchCredential {
        let inAddress = try QueryValues(request.query).text("access_token")
        switch (request.bearerToken, inAddress) {
        case (let token?, nil): return .player(token)
        case (nil, let token?) where !token.isEmpty: return .board(token)
        case (_?, _?): throw Problem.parameter("access_token", takes: "no 'Authorization' header beside it")
        default:
            throw Problem(
                .tokenMissing,
                "Send the run or launch token as 'Authorization: Bearer TOKEN', or the board token as 'access_token'."
            )
        }
    }

    private func topic(_ request: Request, _ access: BoardAccess) throws(Problem) -> BoardTopic {
        let values = QueryValues(request.query)
        return BoardTopic(
            access,
            board: try values.text("board") ?? Game.mainBoard,
            scope: try values.choice("scope") ?? .chat,
            window: try values.choice("window") ?? .all,
            limit: try LeaderboardQuery.limit(values)
        )
    }
}
