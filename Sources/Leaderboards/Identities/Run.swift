/// One play-through, as its token carries it.
package struct Run: Hashable, Sendable {
    package let id: RunID
    package let launch: Launch
    package let startedAt: Instant
    package let expiresAt: Instant

    /// Describes a play-through; a lifetime has whole seconds.
    package init(id: RunID, launch: Launch, startedAt: Instant, lifetime: Duration) {
        self.id = id
        self.launch = launch
        self.startedAt = startedAt
        expiresAt = startedAt + .seconds(lifetime.components.seconds)
    }
}
