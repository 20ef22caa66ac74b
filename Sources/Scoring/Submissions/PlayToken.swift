import Leaderboards

/// What a page presents: the token of a run, or of the launch that runs are started from.
enum PlayToken: Sendable {
    case run(Run)
    case launch(Launch)

    /// Checks a token.
    ///
    /// - Parameters:
    ///   - token: The text as received.
    ///   - keys: The keys of this deployment.
    ///   - now: The server's time.
    /// - Throws: ``Refusal/tokenInvalid`` or ``Refusal/tokenExpired``.
    init(_ token: String, keys: TokenKeys, now: Instant) throws(Refusal) {
        do {
            self = .run(try keys.run(token, now: now))
            return
        } catch .expired { throw .tokenExpired } catch {}
        do { self = .launch(try keys.launch(token, now: now)) } catch { throw Refusal(error) }
    }

    /// The launch behind either.
    var launch: Launch {
        switch self {
        case .run(let run): run.launch
        case .launch(let launch): launch
        }
    }
}

extension Refusal {
    /// The refusal that a token's fault is to its bearer.
    init(_ error: TokenError) {
        switch error {
        case .invalid: self = .tokenInvalid
        case .expired: self = .tokenExpired
        }
    }
}
