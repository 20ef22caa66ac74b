package import Leaderboards
import Storage

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
        }

        package let board: BoardKind
        /// Nil without an entry.
        package let rank: Int?
        /// Nil when there was no entry before.
        package let previousRank: Int?
        package let entries: Int
        /// Nil at rank 1 and without an entry.
        package let next: Next?
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
    /// Whether this answers a repetition with what the first time was told.
    package private(set) var isReplay: Bool

    /// The same receipt as a repetition is told them.
    package var replayed: Receipt {
        var receipt = self
        receipt.isReplay = true
        receipt.shadow = nil
        return receipt
    }
}

extension Receipt {
    /// Answers a new run of a batch.
    ///
    /// - Parameters:
    ///   - before: The player's entry on the first reported leaderboard before the run.
    ///   - after: The same after it.
    ///   - placements: Where the run left its player on each leaderboard that is reported.
    init(
        _ line: BatchLine,
        before: Entry?,
        after: Entry?,
        placements: [BoardHistory.Placement],
        rules: GameRules
    ) {
        let score = { (entry: Entry?) in entry.map { rules.score(ofScoreKey: $0.sortKey.scoreKey) } }
        self.init(
            outcome: Outcome(line.verdict.consequence, before: before, after: after),
            run: line.run.id,
            score: Int64(line.run.score.value),
            best: score(after),
            previousBest: score(before),
            places: zip(line.reported, placements).map { Place($0.kind, $1, rules) },
            reasons: line.verdict.reasons,
            shadow: line.verdict.isShadow ? line.verdict : nil,
            isReplay: false
        )
    }
}

extension Receipt.Outcome {
    fileprivate init(_ consequence: RuleOutcome, before: Entry?, after: Entry?) {
        switch (consequence, before, after) {
        case (.hold, _, _): self = .held
        case (.refuse, _, _): self = .refused
        case (.accept, nil, _?): self = .newBest
        case (.accept, let before?, let after?) where before != after:
            self = after.sortKey.scoreKey < before.sortKey.scoreKey ? .newBest : .updated
        case (.accept, _, _): self = .notBetter
        }
    }
}

extension Receipt.Place {
    fileprivate init(_ board: BoardKind, _ placement: BoardHistory.Placement, _ rules: GameRules) {
        self.init(
            board: board,
            rank: placement.rank,
            previousRank: placement.previousRank,
            entries: placement.total,
            next: placement.above.flatMap { above in
                placement.rank.map {
                    Next(rank: $0 - 1, score: rules.score(ofScoreKey: above.scoreKey))
                }
            }
        )
    }
}
