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
        let length: Int
    }

    /// About what a token and what it says take.
    private static let bytes = 400

    private let tokens: Mutex<Generations<String, Known>>

    /// - Parameter limit: How many bytes it may take; 0 turns it off.
    init(limit: Int) { tokens = Mutex(Generations(limit: limit)) }

    /// What a token says that is not over; nil where it has to be opened.
    func find(_ token: String, now: Instant, _ registry: GameRegistry) -> PlayToken? {
        // Texts that differ in their bytes may be equal, and are then longer than a token, which is ASCII.
        guard let known = tokens.withLock({ $0.find(token) }), known.length == token.utf8.count,
            now < known.play.expiresAt,
            registry.game(known.play.launch.game)?.tokenID == known.game
        else { return nil }
        return known.play
    }

    /// Remembers what an opened token says.
    func note(_ token: String, _ play: PlayToken, _ registry: GameRegistry) {
        guard let game = registry.game(play.launch.game)?.tokenID else { return }
        let known = Known(play: play, game: game, length: token.utf8.count)
        tokens.withLock { $0.store(known, token, bytes: Self.bytes) }
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
