package import Leaderboards
package import Scoring

/// What the edge asks of the layers below.
package struct WebUseCases: Sendable {
    /// Starts a run with a launch token.
    package var startRun: @Sendable (_ launchToken: String) throws(Refusal) -> StartedRun
    /// Tells what a token is for, without the database.
    package var kindOfToken: @Sendable (_ token: String) throws(Refusal) -> TokenKind
    /// Submits a score; returns once it is on disk.
    package var submit: @Sendable (ScoreSubmission) async throws(Refusal) -> Receipt
    /// Reads a part of a leaderboard.
    package var leaderboard: @Sendable (LeaderboardRequest) async throws(Refusal) -> LeaderboardPage
    /// Whether the secret is the one that the bot's webhook was registered with; compares in constant time.
    package var acceptsWebhook: @Sendable (_ secret: String?, BotID) -> Bool

    /// Names the use cases one by one.
    ///
    /// - Parameters:
    ///   - startRun: Starts a run.
    ///   - kindOfToken: Tells what a token is for.
    ///   - submit: Submits a score.
    ///   - leaderboard: Reads a leaderboard.
    ///   - acceptsWebhook: Judges a webhook's secret.
    package init(
        startRun: @escaping @Sendable (String) throws(Refusal) -> StartedRun,
        kindOfToken: @escaping @Sendable (String) throws(Refusal) -> TokenKind,
        submit: @escaping @Sendable (ScoreSubmission) async throws(Refusal) -> Receipt,
        leaderboard: @escaping @Sendable (LeaderboardRequest) async throws(Refusal) -> LeaderboardPage,
        acceptsWebhook: @escaping @Sendable (String?, BotID) -> Bool
    ) {
        self.startRun = startRun
        self.kindOfToken = kindOfToken
        self.submit = submit
        self.leaderboard = leaderboard
        self.acceptsWebhook = acceptsWebhook
    }

    /// The use cases of the running service.
    ///
    /// - Parameter highscores: The service.
    package init(_ highscores: Highscores) {
        self.init(
            startRun: { token throws(Refusal) in try highscores.startRun(launchToken: token) },
            kindOfToken: { token throws(Refusal) in try highscores.kind(ofToken: token) },
            submit: { submission throws(Refusal) in try await highscores.submit(submission) },
            leaderboard: { request throws(Refusal) in try await highscores.leaderboard(request) },
            acceptsWebhook: { secret, bot in highscores.acceptsWebhook(secret: secret, bot: bot) }
        )
    }
}

/// What is to be answered to an update that came by webhook.
package enum WebhookAnswer: Hashable, Sendable {
    /// The update is taken; the body, if any, is a method call for Telegram to carry out.
    case ok([UInt8]?)
    /// The update could not be recorded and must come again after so long.
    case retry(after: Duration)
}
