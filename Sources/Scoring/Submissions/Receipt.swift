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
        /// The board of the game that the leaderboard is of.
        package var boardName = Game.mainBoard
        /// Nil without an entry.
        package let rank: Int?
        /// Nil when there was no entry before.
        package let previousRank: Int?
        package let entries: Int
        /// Nil at rank 1 and without an entry.
        package let next: Next?
    }

    /// What became of the run on one board.
    package struct Result: Hashable, Sendable {
        package let board: String
        package let score: Score
        package let outcome: Outcome
        package let best: Int64?
        package let previousBest: Int64?
    }

    package let outcome: Outcome
    package let run: RunID
    package let score: Int64
    /// The player's score on the first leaderboard after the run; nil without an entry.
    package let best: Int64?
    /// The same before the run.
    package let previousBest: Int64?
    /// The chat's leaderboard (the game's, where there is no chat), then those asked for.
    package private(set) var places: [Place]
    /// Codes of the rules that the run breaks, which say why it was held or refused.
    package let reasons: [String]
    /// What rules in shadow make of the run, which the page is not told; nil when it breaks none.
    package private(set) var shadow: Verdict?
    /// Whether this answers a repetition with what the first time was told.
    package private(set) var isReplay: Bool
    /// The first board that the run fed, which all of the above is of.
    package internal(set) var board = Game.mainBoard
    /// What became of it on the others, in the order in which they were named.
    package internal(set) var others: [Result] = []
    /// Whether scores were given by the names of their boards.
    package internal(set) var isNamed = false

    /// What became of the run on each board, the first one first.
    package var results: [Result] {
        let score = Score(Int32(clamping: max(score, 0)))
        return score.map {
            [Result(board: board, score: $0, outcome: outcome, best: best, previousBest: previousBest)]
                + others
        } ?? others
    }

    /// The boards that the run fed, without the game's own.
    var declaredBoards: [String] {
        others.isEmpty && board == Game.mainBoard ? [] : results.map(\.board).filter { $0 != Game.mainBoard }
    }

    /// The same receipt as a repetition is told them.
    package var replayed: Receipt {
        var receipt = self
        receipt.isReplay = true
        receipt.shadow = nil
        return receipt
    }
}

extension Receipt {
    /// Answers a run by what each of its boards makes of it, in their order.
    init(of run: FinishedRun, _ receipts: [Receipt]) {
        guard var answer = receipts.first else { preconditionFailure("a run feeds one board at least") }
        answer.isNamed = run.isNamed
        if receipts.count > 1 {
            answer.others = receipts.dropFirst().flatMap(\.results)
            // Each receipt begins with the leaderboard that its own figures are of; what else was asked follows in order.
            var left = receipts.map { $0.places.dropFirst() }
            var places = Array(answer.places.prefix(1))
            for asked in run.asked {
                let number = asked.board.map { name in run.scores.firstIndex { $0.board == name } } ?? 0
                if let number, let place = left[number].popFirst() { places.append(place) }
            }
            answer.places = places
        }
        self = answer
    }

    /// Answers a line of a batch.
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
            score: Int64(line.score.value),
            best: score(after),
            previousBest: score(before),
            places: zip(line.reported, placements).map { Place($0.kind, $1, line.game) },
            reasons: line.verdict.reasons,
            shadow: line.verdict.isShadow ? line.verdict : nil,
            isReplay: false,
            board: line.game.board,
            isNamed: line.run.isNamed
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
    fileprivate init(_ board: BoardKind, _ placement: BoardHistory.Placement, _ game: Game) {
        self.init(
            board: board,
            boardName: game.board,
            rank: placement.rank,
            previousRank: placement.previousRank,
            entries: placement.total,
            next: placement.above.flatMap { above in
                placement.rank.map {
                    Next(rank: $0 - 1, score: game.rules.score(ofScoreKey: above.scoreKey))
                }
            }
        )
    }
}
