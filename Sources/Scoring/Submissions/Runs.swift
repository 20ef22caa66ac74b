package import Leaderboards
import Tokens

/// A run that has just begun.
package struct StartedRun: Sendable {
    package let run: Run
    /// What the page submits the score with.
    package let runToken: String
    /// What an event stream may be opened with; read-only.
    package let boardToken: String
    /// With the rules of the board that the run is for.
    package let game: Game
    /// What all runs of the board draw from in the window in which this one began; nil where it has no seeds.
    package var seed: String?
    /// Which of the player's attempts it uses; nil where the board has any number.
    package var attempt: UsedAttempt?
    /// The player's name as this instance last saw it, or nil when it did not.
    package let playerName: String?
}

/// One of the attempts that a player has in a window of a board.
package struct UsedAttempt: Hashable, Sendable {
    package let number: Int32
    package let limit: GameRules.AttemptLimit
    /// When the window ends in which the run began; nil where no end is known.
    package let endsAt: Instant?
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
