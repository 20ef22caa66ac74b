/// One play-through, as its token carries it.
package struct Run: Hashable, Sendable {
    package let id: RunID
    package let launch: Launch
    package let startedAt: Instant
    package let expiresAt: Instant

    /// Describes a play-through.
    ///
    /// - Parameters:
    ///   - launch: The press that it follows from.
    ///   - startedAt: When it began, by the server's clock.
    ///   - lifetime: How long its score may be submitted; kept in whole seconds.
    package init(id: RunID, launch: Launch, startedAt: Instant, lifetime: Duration) {
        self.id = id
        self.launch = launch
        self.startedAt = startedAt
        expiresAt = startedAt + .seconds(lifetime.components.seconds)
    }
}
