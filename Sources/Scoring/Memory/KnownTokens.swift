import Leaderboards
import Synchronization

/// Tokens that were opened here: a page presents its own again and again.
///
/// What is remembered is what a token says of itself; whether that still counts is asked each time.
final class KnownTokens: Sendable {
    private struct Known {
        let play: PlayToken
        /// The game by the id that tokens name.
        let game: GameTokenID
    }

    /// About what a token and what it says take.
    private static let bytes = 400

    private let tokens: Mutex<Generations<String, Known>>

    /// - Parameter limit: How many bytes it may take; 0 turns it off.
    init(limit: Int) { tokens = Mutex(Generations(limit: limit)) }

    /// What a token says that is not over; nil where it has to be opened.
    func find(_ token: String, now: Instant, _ registry: GameRegistry) -> PlayToken? {
        guard let known = tokens.withLock({ $0.find(token) }), now < known.play.expiresAt,
            registry.game(known.play.launch.game)?.tokenID == known.game
        else { return nil }
        return known.play
    }

    /// Remembers what an opened token says.
    func note(_ token: String, _ play: PlayToken, _ registry: GameRegistry) {
        guard let game = registry.game(play.launch.game)?.tokenID else { return }
        tokens.withLock { $0.store(Known(play: play, game: game), token, bytes: Self.bytes) }
    }
}

extension PlayToken {
    fileprivate var expiresAt: Instant {
        switch self {
        case .run(let run): run.expiresAt
        case .launch(let launch): launch.expiresAt
        }
    }
}
