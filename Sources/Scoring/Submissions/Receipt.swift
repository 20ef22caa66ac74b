package import Leaderboards

/// What became of a submitted score; once given, it is on disk.
package struct Receipt: Hashable, Sendable {
    /// What the run did to the player's entry.
    package enum Outcome: String, CaseIterable, Sendable {
        /// The entry improved in the order of the leaderboard.
        case newBest = "new_best"
        /// The entry changed without improving.
        case updated
        case notBetter = "not_better"
        /// The score waits for review and is on no leaderboard yet.
        case held
        /// The score broke the game's rules and is on no leaderboard.
        case refused
    }

    /// The player's place on one leaderboard after the run.
    package struct Place: Hashable, Sendable {
        /// The entry just above.
        package struct Next: Hashable, Sendable {
            package let rank: Int
            package let score: Int64

            package init(rank: Int, score: Int64) {
                self.rank = rank
                self.score = score
            }
        }

        package let board: BoardKind
        /// Nil without an entry.
        package let rank: Int?
        /// Nil when there was no entry before.
        package let previousRank: Int?
        package let entries: Int
        /// Nil at rank 1 and without an entry.
        package let next: Next?

        /// Describes a place.
        ///
        /// - Parameters:
        ///   - rank: The rank after the run.
        ///   - entries: How many entries the leaderboard has.
        package init(board: BoardKind, rank: Int?, previousRank: Int?, entries: Int, next: Next?) {
            self.board = board
            self.rank = rank
            self.previousRank = previousRank
            self.entries = entries
            self.next = next
        }
    }

    package let outcome: Outcome
    package let run: RunID
    package let score: Int64
    /// The player's score on the first leaderboard after the run; nil without an entry.
    package let best: Int64?
    /// The same before the run.
    package let previousBest: Int64?
    /// The chat's leaderboard (the game's, where there is no chat), then those asked for.
    package let places: [Place]
    /// Codes of the rules that the run breaks, which say why it was held or refused.
    package let reasons: [String]
    /// What rules in shadow make of the run, which the page is not told; nil when it breaks none.
    package private(set) var shadow: Verdict?
    /// Whether this answers a repetition with the figures of the first time.
    package private(set) var isReplay: Bool

    /// Describes what became of a score.
    ///
    /// - Parameters:
    ///   - outcome: What the run did to the entry.
    ///   - best: The player's score on the first leaderboard after the run.
    ///   - previousBest: The same before the run.
    ///   - places: The first leaderboard, then those asked for.
    ///   - reasons: Which rules the run breaks.
    ///   - shadow: What rules in shadow make of it.
    ///   - isReplay: Whether this answers a repetition.
    package init(
        outcome: Outcome,
        run: RunID,
        score: Int64,
        best: Int64?,
        previousBest: Int64?,
        places: [Place],
        reasons: [String],
        shadow: Verdict? = nil,
        isReplay: Bool
    ) {
        self.outcome = outcome
        self.run = run
        self.score = score
        self.best = best
        self.previousBest = previousBest
        self.places = places
        self.reasons = reasons
        self.shadow = shadow
        self.isReplay = isReplay
    }

    /// The same figures as a repetition is told them.
    package var replayed: Receipt {
        var receipt = self
        receipt.isReplay = true
        receipt.shadow = nil
        return receipt
    }
}
