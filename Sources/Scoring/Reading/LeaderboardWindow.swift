package import Leaderboards

/// A window in which a chat or a game has entries.
package struct LeaderboardWindow: Hashable, Comparable, Sendable {
    package let interval: WindowInterval
    /// How many entries there are.
    package let total: Int
    /// Whether the window can no longer change.
    package let isFinal: Bool

    /// Describes a window.
    ///
    /// - Parameters:
    ///   - total: How many entries there are.
    ///   - isFinal: Whether the window can no longer change.
    package init(interval: WindowInterval, total: Int, isFinal: Bool) {
        self.interval = interval
        self.total = total
        self.isFinal = isFinal
    }

    package static func < (left: LeaderboardWindow, right: LeaderboardWindow) -> Bool {
        left.order < right.order
    }

    private var order: (Int, Int64) {
        let kind = Window.allCases.firstIndex(of: interval.window) ?? 0
        return (kind, interval.from?.milliseconds ?? .min)
    }
}
