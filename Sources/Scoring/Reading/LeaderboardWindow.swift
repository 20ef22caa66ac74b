package import Leaderboards

/// A window in which a chat or a game has entries.
package struct LeaderboardWindow: Hashable, Comparable, Sendable {
    package let interval: WindowInterval
    /// How many entries there are.
    package let total: Int
    /// Whether the window can no longer change.
    package let isFinal: Bool

    package static func < (left: LeaderboardWindow, right: LeaderboardWindow) -> Bool {
        left.order < right.order
    }

    private var order: (Int, Int64) {
        let kind = WindowKind.allCases.firstIndex(of: interval.window) ?? 0
        return (kind, interval.from?.milliseconds ?? .min)
    }
}
