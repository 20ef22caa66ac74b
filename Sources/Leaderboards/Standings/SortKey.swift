/// The place of an entry in the one order of all leaderboards.
///
/// The better score comes first, then the earlier achieved, then the smaller player id, so no two entries share a
/// place. "Less" means "ranks before".
package struct SortKey: Hashable, Comparable, Sendable {
    /// The score turned so that less is better; see ``GameRules/scoreKey(for:)``.
    package let scoreKey: Int64
    package let achievedAt: Instant
    package let player: PlayerID

    package init(scoreKey: Int64, achievedAt: Instant, player: PlayerID) {
        self.scoreKey = scoreKey
        self.achievedAt = achievedAt
        self.player = player
    }

    package static func < (left: SortKey, right: SortKey) -> Bool {
        (left.scoreKey, left.achievedAt, left.player) < (right.scoreKey, right.achievedAt, right.player)
    }
}

/// One player's place on one leaderboard with the run that it comes from.
package struct Entry: Hashable, Sendable {
    package let sortKey: SortKey
    package let run: RunID

    /// Makes an entry of one run.
    ///
    /// - Parameter run: The run that made it, for sums the last one.
    package init(sortKey: SortKey, run: RunID) {
        self.sortKey = sortKey
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
        let scoreKey = scoreKey(for: Int64(score.value))
        let kept: Int64
        switch (keep, entry) {
        case (.best, .some(let entry)) where entry.sortKey.scoreKey <= scoreKey: return entry
        case (.sum, .some(let entry)): kept = entry.sortKey.scoreKey.saturatingSum(with: scoreKey)
        default: kept = scoreKey
        }
        return Entry(sortKey: SortKey(scoreKey: kept, achievedAt: acceptedAt, player: player), run: run)
    }
}
