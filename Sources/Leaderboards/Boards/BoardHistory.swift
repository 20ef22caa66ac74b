/// One leaderboard as a batch of runs goes over it, one run after another.
///
/// The database is asked only about everybody else: how many entries stand before a place, which one is just above
/// it, how many there are. What the players of the batch do to one another is worked out here, so that each run's
/// answer shows the leaderboard as that run left it, although the database is written once for all.
package struct BoardHistory: Sendable {
    /// The entry of a run's player before and after that run.
    package struct Step: Sendable {
        package let player: PlayerID
        package let before: Entry?
        package let after: Entry?
    }

    /// What the database knew before the batch.
    package struct Background: Sendable {
        /// How many entries stood before each of ``BoardHistory/probes``, those of the batch's players included.
        package var countBefore: [SortKey: Int]
        /// The last entry before each of them that belongs to nobody of the batch.
        package var neighbourAbove: [SortKey: SortKey]
        /// How many entries there were, those of the batch's players included.
        package let total: Int

        package init(
            countBefore: [SortKey: Int] = [:],
            neighbourAbove: [SortKey: SortKey] = [:],
            total: Int
        ) {
            self.countBefore = countBefore
            self.neighbourAbove = neighbourAbove
            self.total = total
        }
    }

    /// A run's player on the leaderboard right after that run.
    package struct Placement: Hashable, Sendable {
        /// Nil without an entry.
        package let rank: Int?
        package let previousRank: Int?
        package let total: Int
        /// The entry just above.
        package let above: SortKey?

        package init(rank: Int?, previousRank: Int?, total: Int, above: SortKey?) {
            self.rank = rank
            self.previousRank = previousRank
            self.total = total
            self.above = above
        }
    }

    /// A player's entry before the batch and after it, where they differ.
    package struct Move: Sendable {
        /// Nil for an entry that is new.
        package let before: Entry?
        package let after: Entry
    }

    private let initial: [PlayerID: Entry]
    private var current: [PlayerID: Entry]
    private var steps: [Step] = []

    /// - Parameter entries: The entries that the players of the batch have, read and locked in its transaction.
    package init(entries: [PlayerID: Entry]) {
        initial = entries
        current = entries
    }

    /// Goes on by one more run.
    ///
    /// - Parameter change: What the run makes of the player's entry; nil leaves a player without one.
    /// - Returns: The number of the step.
    package mutating func apply(for player: PlayerID, _ change: (Entry?) -> Entry?) -> Int {
        let before = current[player]
        let after = change(before)
        current[player] = after
        steps.append(Step(player: player, before: before, after: after))
        return steps.count - 1
    }

    package subscript(step: Int) -> Step { steps[step] }

    /// The places whose ranks the answers need.
    package var probes: Set<SortKey> {
        Set(steps.flatMap { [$0.before?.sortKey, $0.after?.sortKey].compactMap { $0 } })
    }

    /// The players whose entries the batch may touch.
    package var players: Set<PlayerID> { Set(steps.map(\.player)) }

    /// The entries to write: those that differ from what was read, each once.
    package var moves: [Move] {
        current.values.compactMap { after in
            let before = initial[after.sortKey.player]
            return before == after ? nil : Move(before: before, after: after)
        }
    }

    /// Whether there is anything to write.
    package var isChanged: Bool { current != initial }

    /// How many entries the leaderboard gains.
    package var gain: Int { current.count - initial.count }

    /// What each step left, in order.
    package func placements(on background: Background) -> [Placement] {
        var entries = initial
        return steps.map { step in
            let previousRank = step.before.map { rank(of: $0.sortKey, among: entries, on: background) }
            entries[step.player] = step.after
            let total = background.total - initial.count + entries.count
            guard let sortKey = step.after?.sortKey else {
                return Placement(rank: nil, previousRank: previousRank, total: total, above: nil)
            }
            let insider = entries.values.lazy.map(\.sortKey).filter { $0 < sortKey }.max()
            let above = [insider, background.neighbourAbove[sortKey]].compactMap { $0 }.max()
            return Placement(
                rank: rank(of: sortKey, among: entries, on: background),
                previousRank: previousRank,
                total: total,
                above: above
            )
        }
    }

    private func rank(of sortKey: SortKey, among entries: [PlayerID: Entry], on background: Background)
        -> Int
    {
        func before(_ entries: [PlayerID: Entry]) -> Int {
            entries.values.count { $0.sortKey < sortKey }
        }
        return 1 + (background.countBefore[sortKey] ?? 0) - before(initial) + before(entries)
    }
}
