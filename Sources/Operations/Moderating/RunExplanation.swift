package import Leaderboards
package import Storage

/// Why a run makes, or does not make, its player's entry on a leaderboard.
package enum RunVerdict: String, CaseIterable, Sendable {
    /// The entry is this run's.
    case onBoard = "on_board"
    /// It is part of the sum that is the entry.
    case summed
    /// A better run of the same player, or an earlier one that is as good, makes the entry.
    case bettered
    /// A later run of the same player makes the entry.
    case replaced
    /// It waits for review.
    case held
    /// The game's rules, or whoever reviewed it, refused it.
    case refused
    /// An operator took it off.
    case removed
    /// Its player may not play the game.
    case banned
    /// The leaderboard is not as the log says; `game rebuild` puts it right.
    case missing

    /// Decides, for the leaderboard on which the player has an entry, or none.
    package init(_ state: RunState, isBanned: Bool, entry: Entry?, keep: GameRules.Keep) {
        if !state.counts {
            switch (state.correction, state.outcome) {
            case (.remove, _): self = .removed
            case (.refuse, _): self = .refused
            case (_, .held): self = .held
            default: self = .refused
            }
        } else if isBanned {
            self = .banned
        } else {
            switch (entry?.run, keep) {
            case (nil, _): self = .missing
            case (state.key.run, _): self = .onBoard
            case (_, .best): self = .bettered
            case (_, .latest): self = .replaced
            case (_, .sum): self = .summed
            }
        }
    }
}

/// A run and its leaderboards.
package struct RunExplanation: Sendable {
    /// How it is with one leaderboard.
    package struct Place: Sendable {
        package let board: BoardName
        package let verdict: RunVerdict
        /// The player's entry there; nil without one.
        package let entry: Entry?
        /// The rank of the entry.
        package let rank: Int?
        /// How many entries there are.
        package let total: Int
        /// When the window ended, if it did: nobody can begin a run in it any more.
        package let endedAt: Instant?
    }

    package let run: RunRecord
    package let game: Game
    package let places: [Place]
}
