import Leaderboards

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
