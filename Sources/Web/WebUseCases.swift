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
    /// Judges the credential of somebody who wants to watch, without the database.
    package var boardAccess: @Sendable (WatchCredential) throws(Refusal) -> BoardAccess
    /// Watches a leaderboard; returns once its page is known.
    package var watch: @Sendable (BoardTopic, BoardAccess) async throws(Refusal) -> BoardWatch
    /// Ends all watches and takes no new ones.
    package var endWatches: @Sendable () -> Void
    /// Lets somebody play who opened a game as a Mini App.
    package var openMiniApp:
        @Sendable (_ initData: String, _ game: String) async throws(Refusal) -> OpenedLaunch
    /// What a studio's own servers may do.
    package var servers: ServerUseCases
    /// Whether the secret is the one that the bot's webhook was registered with; compares in constant time.
    package var acceptsWebhook: @Sendable (_ secret: String?, BotID) -> Bool

    /// Names the use cases one by one.
    ///
    /// - Parameters:
    ///   - kindOfToken: Tells what a token is for.
    ///   - boardAccess: Judges who wants to watch.
    ///   - openMiniApp: Lets somebody play in a Mini App.
    ///   - servers: What a studio's own servers may do.
    package init(
        startRun: @escaping @Sendable (String) throws(Refusal) -> StartedRun,
        kindOfToken: @escaping @Sendable (String) throws(Refusal) -> TokenKind,
        submit: @escaping @Sendable (ScoreSubmission) async throws(Refusal) -> Receipt,
        leaderboard: @escaping @Sendable (LeaderboardRequest) async throws(Refusal) -> LeaderboardPage,
        boardAccess: @escaping @Sendable (WatchCredential) throws(Refusal) -> BoardAccess,
        watch: @escaping @Sendable (BoardTopic, BoardAccess) async throws(Refusal) -> BoardWatch,
        endWatches: @escaping @Sendable () -> Void,
        openMiniApp: @escaping @Sendable (String, String) async throws(Refusal) -> OpenedLaunch,
        servers: ServerUseCases,
        acceptsWebhook: @escaping @Sendable (String?, BotID) -> Bool
    ) {
        self.startRun = startRun
        self.kindOfToken = kindOfToken
        self.submit = submit
        self.leaderboard = leaderboard
        self.boardAccess = boardAccess
        self.watch = watch
        self.endWatches = endWatches
        self.openMiniApp = openMiniApp
        self.servers = servers
        self.acceptsWebhook = acceptsWebhook
    }

    /// The use cases of the running service.
    package init(_ highscores: Highscores) {
        self.init(
            startRun: { token throws(Refusal) in try highscores.startRun(launchToken: token) },
            kindOfToken: { token throws(Refusal) in try highscores.kind(ofToken: token) },
            submit: { submission throws(Refusal) in try await highscores.submit(submission) },
            leaderboard: { request throws(Refusal) in try await highscores.leaderboard(request) },
            boardAccess: { credential throws(Refusal) in
                switch credential {
                case .player(let token): try highscores.boardAccess(ofPlayer: token)
                case .board(let token): try highscores.boardAccess(ofBoard: token)
                }
            },
            watch: { topic, access throws(Refusal) in try await highscores.watch(topic, with: access) },
            endWatches: { highscores.endWatches() },
            openMiniApp: { data, game throws(Refusal) in
                try await highscores.openMiniApp(initData: data, game: game)
            },
            servers: ServerUseCases(highscores),
            acceptsWebhook: { secret, bot in highscores.acceptsWebhook(secret: secret, bot: bot) }
        )
    }
}

/// What somebody presents who wants to watch leaderboards.
package enum WatchCredential: Hashable, Sendable {
    /// The token of a run or a launch.
    case player(String)
    /// A token that opens nothing else, and may therefore stand in an address.
    case board(String)
}

/// What is to be answered to an update that came by webhook.
package enum WebhookAnswer: Hashable, Sendable {
    /// The update is taken; the body, if any, is a method call for Telegram to carry out.
    case ok([UInt8]?)
    /// The update could not be recorded and must come again after so long.
    case retry(after: Duration)
}
