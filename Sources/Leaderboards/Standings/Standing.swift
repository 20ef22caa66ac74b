/// The place of an entry in the one order of all leaderboards.
///
/// The better score comes first, then the earlier achieved, then the smaller player id, so no two entries share a
/// place. "Less" means "ranks before".
package struct Standing: Hashable, Comparable, Sendable {
    /// The score turned so that less is better; see ``GameRules/sortKey(for:)``.
    package let sortKey: Int64
    package let achievedAt: Instant
    package let player: PlayerID

    /// Places an entry.
    ///
    /// - Parameters:
    ///   - sortKey: The score in the order of the game.
    ///   - achievedAt: When the score was accepted.
    package init(sortKey: Int64, achievedAt: Instant, player: PlayerID) {
        self.sortKey = sortKey
        self.achievedAt = achievedAt
        self.player = player
    }

    package static func < (left: Standing, right: Standing) -> Bool {
        (left.sortKey, left.achievedAt, left.player) < (right.sortKey, right.achievedAt, right.player)
    }
}

/// One player's standing on one leaderboard with the run that it comes from.
package struct Entry: Hashable, Sendable {
    package let standing: Standing
    package let run: RunID

    /// Makes an entry of one run.
    ///
    /// - Parameter run: The run that made it, for sums the last one.
    package init(standing: Standing, run: RunID) {
        self.standing = standing
        self.run = run
    }
}

extension GameRules {
    /// What a player's entry becomes by one more run.
    ///
    /// - Parameters:
    ///   - entry: The entry so far, or nil where there is none.
    ///   - score: The score of the run.
    ///   - acceptedAt: When it was accepted; it becomes the entry's time when the entry changes.
    /// - Returns: The entry afterwards; the same entry when the run does not change it.
    package func entry(
        after entry: Entry?,
        score: Score,
        acceptedAt: Instant,
        player: PlayerID,
        run: RunID
    ) -> Entry {
        let sortKey = sortKey(for: Int64(score.value))
        let kept: Int64
        switch (keep, entry) {
        case (.best, .some(let entry)) where entry.standing.sortKey <= sortKey: return entry
        case (.sum, .some(let entry)): kept = entry.standing.sortKey.saturatingSum(with: sortKey)
        default: kept = sortKey
        }
        return Entry(standing: Standing(sortKey: kept, achievedAt: acceptedAt, player: player), run: run)
    }
}
