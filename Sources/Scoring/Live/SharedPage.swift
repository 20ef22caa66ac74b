/// A page of a leaderboard as all who watch it share it.
package final class SharedPage: Sendable {
    package let page: LeaderboardPage
    /// Grows from one page of a topic to the next.
    let version: UInt64
    package let rendition = Rendition()

    init(_ page: LeaderboardPage, version: UInt64) {
        self.page = page
        self.version = version
    }
}
