import Leaderboards
import Synchronization

/// How much screening saves a game: the share of its recent runs that were settled by it.
///
/// Where nearly every run betters something, as in a game that has just come out, the first look only delays what
/// comes next. A few runs are still screened then, which tell when it pays again.
struct ScreeningYield: Sendable {
    /// Counting a run that betters nothing costs about four times its screening, and the game's lock besides.
    private static let worthwhileShare = 0.25
    /// What a single run weighs.
    private static let weight = 1.0 / 32
    /// While screening does not pay, every so many runs are screened still.
    static let sample = 256

    private var share = 1.0
    private var unscreened = 0

    /// Decides on the next run.
    ///
    /// - Returns: Whether it is to be screened.
    mutating func choose() -> Bool {
        guard share < Self.worthwhileShare else { return true }
        unscreened = (unscreened + 1) % Self.sample
        return unscreened == 0
    }

    /// Learns what became of a run that was screened.
    mutating func note(isSettled: Bool) {
        share += ((isSettled ? 1 : 0) - share) * Self.weight
    }
}

/// The yields of all games that were played since the process began.
final class ScreeningYields: Sendable {
    private let yields = Mutex<[GameID: ScreeningYield]>([:])

    /// Decides on the next run of a game, as ``ScreeningYield/choose()`` does.
    func choose(for game: GameID) -> Bool {
        yields.withLock { $0[game, default: ScreeningYield()].choose() }
    }

    /// Learns what became of a game's run that was screened.
    func note(_ game: GameID, isSettled: Bool) {
        yields.withLock { $0[game, default: ScreeningYield()].note(isSettled: isSettled) }
    }
}
