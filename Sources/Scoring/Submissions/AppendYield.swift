/// How much the appending of runs saves a game: the share of its recent runs that were settled by it.
///
/// Where nearly every run betters something, as in a game that has just come out, the first try only delays what
/// comes next. A few runs still begin with it then, which tell when it pays again.
struct AppendYield: Sendable {
    /// Writing a run that betters nothing costs about four times its appending, and the game's lock besides.
    private static let worthwhileShare = 0.25
    /// What a single run weighs.
    private static let weight = 1.0 / 32
    /// While appending does not pay, every so many runs are tried still.
    static let sample = 256

    private var share = 1.0
    private var untried = 0

    /// Whether appending is to be tried with the next run.
    mutating func choose() -> Bool {
        guard share < Self.worthwhileShare else { return true }
        untried = (untried + 1) % Self.sample
        return untried == 0
    }

    /// Learns whether a run was settled by being appended.
    mutating func note(isSettled: Bool) {
        share += ((isSettled ? 1 : 0) - share) * Self.weight
    }
}
