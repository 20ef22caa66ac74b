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

/// One player's place on one leaderboard with the run that it comes from, for sums the last one.
package struct Entry: Hashable, Sendable {
    package let sortKey: SortKey
    package let run: RunID

    package init(sortKey: SortKey, run: RunID) {
        self.sortKey = sortKey
        self.run = run
    }
}

extension GameRules {
    /// What a player's entry becomes by one more run; the same entry when the run does not change it.
    ///
    /// An entry that changes is as old as the run that changed it.
    package func entry(
        after entry: Entry?,
        score: Score,
        acceptedAt: Instant,
        player: PlayerID,
        run: RunID
    ) -> Entry {
        var scoreKey = scoreKey(for: Int64(score.value))
        switch (keep, entry?.sortKey.scoreKey) {
        case (.best, let earlier?) where earlier <= scoreKey:
            if let entry { return entry }
        case (.sum, let earlier?): scoreKey = earlier.saturatingSum(with: scoreKey)
        default: break
        }
        return Entry(
            sortKey: SortKey(scoreKey: scoreKey, achievedAt: acceptedAt, player: player),
            run: run
        )
    }
}
