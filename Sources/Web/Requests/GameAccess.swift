import Leaderboards

extension Request {
    /// The game that an API key opens.
    ///
    /// - Parameter context: The request's context, with the names in its address.
    /// - Throws: ``Problem`` with `token_missing`, or the refusal of the key.
    func requireGame(_ context: WebContext, _ services: WebServices) throws -> Game {
        guard let bearerToken else {
            throw Problem(.tokenMissing, "Send the game's API key as 'Authorization: Bearer KEY'.")
        }
        return try game(opening: bearerToken, context, services)
    }

    /// The game that an API key opens.
    ///
    /// - Parameter context: The request's context, with the names in its address.
    /// - Throws: The refusal of the key.
    func game(opening key: String, _ context: WebContext, _ services: WebServices) throws -> Game {
        try services.authorize(
            key,
            context.parameter("bot") ?? "",
            context.parameter("short_name") ?? ""
        )
    }
}
