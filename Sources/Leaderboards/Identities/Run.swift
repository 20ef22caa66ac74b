/// One play-through, as its token carries it.
package struct Run: Hashable, Sendable {
    package let id: RunID
    package let launch: Launch
    package let startedAt: Instant
    package let expiresAt: Instant
    /// The board that it was started for, which alone it feeds; nil is any number of boards without attempts.
    package let board: String?

    /// Describes a play-through; a lifetime has whole seconds.
    package init(id: RunID, launch: Launch, startedAt: Instant, lifetime: Duration, board: String? = nil) {
        self.id = id
        self.launch = launch
        self.startedAt = startedAt
        self.board = board
        expiresAt = startedAt + .seconds(lifetime.components.seconds)
    }
}
