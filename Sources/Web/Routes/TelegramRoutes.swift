import BotAPI
import HTTPTypes
import Leaderboards
import Tokens

extension Routes {
    /// Taking Telegram's updates.
    var updates: [Route] {
        [Route(.post, "/telegram/{bot_id}") { try await take($0, $1) }]
    }

    private func take(_ request: Request, _ context: WebContext) async throws -> Response {
        let bot = try authenticate(request, context)
        let body = try await request.readBody(limit: BodyLimit.update)
        switch await services.handleUpdate(bot, body) {
        case .accepted(let call?): return .json(call.webhookReply())
        case .accepted(nil): return Response(status: .ok, headers: Headers.empty)
        case .postponed(let wait):
            throw Problem(
                .overloaded,
                "The update was not taken; send it again.",
                retryAfter: Problem.seconds(wait)
            )
        }
    }

    /// Judges the sender by the head alone, before a byte of the body is read.
    private func authenticate(_ request: Request, _ context: WebContext) throws(Problem) -> BotID {
        guard let secret = request.headers[.webhookSecret] else {
            throw Problem(.tokenMissing, "The header X-Telegram-Bot-Api-Secret-Token is absent.")
        }
        // A bot that we do not serve and a wrong secret look alike, so that nobody can ask which bots there are.
        // Nor has a bot two paths: what limits one by its spelling would not see the other.
        guard let text = context.parameter("bot_id"), let id = Int64(text), String(id) == text,
            services.acceptsWebhook(secret, BotID(rawValue: id))
        else {
            throw Problem(.tokenInvalid, "The header X-Telegram-Bot-Api-Secret-Token is not this bot's.")
        }
        return BotID(rawValue: id)
    }
}
