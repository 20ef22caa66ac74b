package import BotAPI
package import Leaderboards
package import Scoring
import Tokens

/// What the edge asks of the layers below; the seam at which tests stand.
package struct WebServices: Sendable {
    /// What somebody presents who wants to watch leaderboards.
    enum WatchCredential: Hashable, Sendable {
        /// The token of a run or a launch.
        case player(String)
        /// A token that opens nothing else, and may therefore stand in an address.
        case board(String)
    }

    var startRun: @Sendable (_ launchToken: String) throws(Refusal) -> StartedRun
    /// Returns once the attempt that the run uses, if it does, is on disk.
    var startBoardRun:
        @Sendable (_ launchToken: String, _ board: String, _ key: String?) async throws(Refusal) -> StartedRun
    /// Tells what a token is for, without the database.
    var kindOfToken: @Sendable (_ token: String) throws(Refusal) -> TokenKind
    /// The run that a token stands for; with that of a launch the run is named by a key, which is asked then.
    var run: @Sendable (_ token: String, _ key: () throws(Refusal) -> String?) throws(Refusal) -> Run
    /// Returns once the score is on disk.
    var submit: @Sendable (FinishedRun) async throws(Refusal) -> Receipt
    var leaderboard: @Sendable (LeaderboardRequest) async throws(Refusal) -> LeaderboardPage
    /// Tells what leaderboards a game has, without the database.
    var describe: @Sendable (LeaderboardRequest.Viewer) throws(Refusal) -> GameDescription
    var history:
        @Sendable (_ token: String, _ board: String?, _ limit: Int, _ cursor: String?) async throws(Refusal)
            -> HistoryPage
    /// Judges who wants to watch, without the database.
    var boardAccess: @Sendable (WatchCredential) throws(Refusal) -> BoardAccess
    /// Returns once the board's page is known.
    var watch: @Sendable (BoardTopic, BoardAccess) async throws(Refusal) -> BoardWatch
    /// Ends all watches and takes no new ones.
    var endWatches: @Sendable () -> Void
    var openMiniApp: @Sendable (_ initData: String, _ game: String) async throws(Refusal) -> OpenedLaunch
    /// Judges a studio's API key for a game, without the database.
    var authorize: @Sendable (_ key: String, _ bot: String, _ shortName: String) throws(Refusal) -> Game
    /// Lets somebody play whose press the studio's own bot was told of.
    var openForServer: @Sendable (ServerPress, Game) async throws(Refusal) -> OpenedLaunch
    /// Returns once those of a server's scores that succeed are on disk.
    var submitForServer: @Sendable ([ServerScore], Game) async throws(Refusal) -> [Result<Receipt, Refusal>]
    /// Whether the secret is the one that the bot's webhook was registered with; compares in constant time.
    var acceptsWebhook: @Sendable (_ secret: String?, BotID) -> Bool
    /// Handles an update whose sender has been judged.
    var handleUpdate: @Sendable (BotID, [UInt8]) async -> UpdateOutcome
    /// Everything that is not as it should be.
    var readiness: @Sendable () -> [UnreadyReason]
    /// Metrics in the text format of Prometheus.
    var metrics: @Sendable () -> [UInt8]
    /// Is told what happens; must return quickly.
    var observe: @Sendable (WebEvent) -> Void
    /// Counts the streams that are open.
    var streams = StreamQuota()
}

extension WebServices {
    /// Those of the running service.
    package init(
        _ highscores: Highscores,
        acceptsWebhook: @escaping @Sendable (_ secret: String?, BotID) -> Bool,
        handleUpdate: @escaping @Sendable (BotID, [UInt8]) async -> UpdateOutcome,
        readiness: @escaping @Sendable () -> [UnreadyReason],
        metrics: @escaping @Sendable () -> [UInt8],
        observe: @escaping @Sendable (WebEvent) -> Void
    ) {
        self.init(
            startRun: highscores.startRun(launchToken:),
            startBoardRun: highscores.startRun(launchToken:board:key:),
            kindOfToken: highscores.kind(ofToken:),
            run: highscores.run(of:key:),
            submit: highscores.submit(_:),
            leaderboard: highscores.leaderboard(_:),
            describe: highscores.describe(_:),
            history: highscores.history(token:board:limit:cursor:),
            boardAccess: { credential throws(Refusal) in
                switch credential {
                case .player(let token): try highscores.boardAccess(ofPlayer: token)
                case .board(let token): try highscores.boardAccess(ofBoard: token)
                }
            },
            watch: highscores.watch(_:with:),
            endWatches: highscores.endWatches,
            openMiniApp: highscores.openMiniApp(initData:game:),
            authorize: highscores.authorize(key:bot:shortName:),
            openForServer: highscores.open(_:of:),
            submitForServer: highscores.submit(_:of:),
            acceptsWebhook: acceptsWebhook,
            handleUpdate: handleUpdate,
            readiness: readiness,
            metrics: metrics,
            observe: observe
        )
    }
}
