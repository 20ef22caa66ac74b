/// One play-through, as its token carries it.
package struct Run: Hashable, Sendable {
    package let id: RunID
    package let launch: Launch
    package let startedAt: Instant
    package let expiresAt: Instant
    /// The board that it was started for, which alone it feeds; nil is any number of boards without attempts.
    package let board: String?
    /// Whether nothing names it, so that a repetition is another run.
    package let isNameless: Bool

    /// Describes a play-through; a lifetime has whole seconds.
    package init(
        id: RunID,
        launch: Launch,
        startedAt: Instant,
        lifetime: Duration,
        board: String? = nil,
        isNameless: Bool = false
    ) {
        self.id = id
        self.launch = launch
        self.startedAt = startedAt
        self.board = board
        self.isNameless = isNameless
        expiresAt = startedAt + .seconds(lifetime.components.seconds)
    }
}
