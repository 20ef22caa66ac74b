package import Leaderboards
package import Scoring

/// What the edge asks of the layers below on behalf of a studio's own servers.
package struct ServerUseCases: Sendable {
    /// Judges an API key for a game, without the database.
    package var authorize:
        @Sendable (_ key: String, _ bot: String, _ shortName: String) throws(Refusal) -> Game
    /// Lets somebody play whose press the studio's own bot was told of.
    package var open: @Sendable (ServerPress, Game) async throws(Refusal) -> OpenedLaunch
    /// Submits scores; returns once those that succeed are on disk.
    package var submit: @Sendable ([ServerScore], Game) async throws(Refusal) -> [Result<Receipt, Refusal>]

    package init(
        authorize: @escaping @Sendable (String, String, String) throws(Refusal) -> Game,
        open: @escaping @Sendable (ServerPress, Game) async throws(Refusal) -> OpenedLaunch,
        submit: @escaping @Sendable ([ServerScore], Game) async throws(Refusal) -> [Result<Receipt, Refusal>]
    ) {
        self.authorize = authorize
        self.open = open
        self.submit = submit
    }

    /// The use cases of the running service.
    package init(_ highscores: Highscores) {
        self.init(
            authorize: { key, bot, shortName throws(Refusal) in
                try highscores.authorize(key: key, bot: bot, shortName: shortName)
            },
            open: { press, game throws(Refusal) in try await highscores.open(press, of: game) },
            submit: { scores, game throws(Refusal) in try await highscores.submit(scores, of: game) }
        )
    }
}
