import Synchronization

/// A page of a leaderboard as all who watch it share it.
package final class SharedPage: Sendable {
    package let page: LeaderboardPage
    /// Grows from one page of a topic to the next.
    let version: UInt64
    private let rendition = Mutex<(any Sendable)?>(nil)

    init(_ page: LeaderboardPage, version: UInt64) {
        self.page = page
        self.version = version
    }

    /// The page in the form in which it is sent; made once, by whoever asks first.
    ///
    /// - Parameter render: Makes the form; must be the same function for all who share the page.
    /// - Returns: What the first call made.
    package func rendition<Rendition: Sendable>(_ render: (LeaderboardPage) -> Rendition) -> Rendition {
        rendition.withLock { stored in
            if let made = stored as? Rendition { return made }
            let made = render(page)
            stored = made
            return made
        }
    }
}
