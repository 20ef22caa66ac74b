package import Leaderboards
import Tokens

/// A run that has just begun.
package struct StartedRun: Sendable {
    package let run: Run
    /// What the page submits the score with.
    package let runToken: String
    /// What an event stream may be opened with; read-only.
    package let boardToken: String
    package let game: Game
    /// The player's name as this instance last saw it, or nil when it did not.
    package let playerName: String?
}

/// What a token of a page stands for.
package enum TokenKind: Hashable, Sendable {
    /// A press of the game's button, which may start any number of runs.
    case launch
    /// One play-through.
    case run
}

/// What a page presents: the token of a run, or of the launch that runs are started from.
enum PlayToken: Sendable {
    case run(Run)
    case launch(Launch)

    /// Checks a token.
    ///
    /// - Parameter keys: The keys of this deployment.
    init(_ token: String, keys: TokenKeys, now: Instant, _ find: GameFinder) throws(TokenError) {
        do {
            self = .run(try keys.run(token, now: now, find))
            return
        } catch .invalid {} catch { throw error }
        self = .launch(try keys.launch(token, now: now, find))
    }

    /// The launch behind either.
    var launch: Launch {
        switch self {
        case .run(let run): run.launch
        case .launch(let launch): launch
        }
    }
}
