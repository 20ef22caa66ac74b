import Leaderboards
@testable import Scoring
import ScoringSupport

extension LeaderboardModel {
    /// Accepts a run after all others.
    ///
    /// - Returns: The answer.
    mutating func accept(_ submission: Submission) -> Receipt {
        if let chat = submission.chat { chats.see(.instance(chat)) }
        let first = submission.scores[0].board
        var receipts: [Receipt] = []
        for score in submission.scores {
            let asked = submission.asked.filter { ($0.board ?? first) == score.board }
            receipts.append(accept(run(of: submission, score), asked: asked.map(\.kind)))
        }
        var left = receipts.map { $0.places.dropFirst() }
        var places = Array(receipts[0].places.prefix(1))
        for asked in submission.asked {
            guard let index = submission.scores.firstIndex(where: { $0.board == asked.board ?? first }) else {
                continue
            }
            places += left[index].prefix(1)
            left[index] = left[index].dropFirst()
        }
        return Receipt(
            outcome: receipts[0].outcome,
            run: submission.id,
            score: receipts[0].score,
            best: receipts[0].best,
            previousBest: receipts[0].previousBest,
            places: places,
            reasons: receipts[0].reasons,
            isReplay: false,
            board: first,
            others: zip(submission.scores, receipts).dropFirst().map { score, receipt in
                .init(
                    board: score.board,
                    score: score.score,
                    outcome: receipt.outcome,
                    best: receipt.best,
                    previousBest: receipt.previousBest
                )
            },
            isNamed: submission.isNamed
        )
    }

    /// What a submission makes of one of its boards.
    private func run(of submission: Submission, _ score: BoardScore) -> Run {
        let bounds = rules(of: score.board).bounds
        let value = score.score.value
        let isAbove = bounds.maximum.map { value > $0 } ?? false
        let isBelow = bounds.minimum.map { value < $0 } ?? false
        return Run(
            Run.Key(id: submission.id, board: score.board),
            player: submission.player,
            chat: submission.chat,
            score: Int64(value),
            startedAt: submission.startedAt,
            acceptedAt: submission.acceptedAt,
            reasons: isAbove ? ["above_max_score"] : isBelow ? ["below_min_score"] : [],
            isHeld: isBelow && bounds.outcomes[.minimumScore] == .hold
        )
    }

    /// Accepts what a run scored on one board.
    private mutating func accept(_ run: Run, asked: [BoardKind]) -> Receipt {
        let kinds = [run.chat == nil ? .globalAll : .chatAll] + asked
        let boards = kinds.map { board($0, of: run) }
        let before = boards.map(entries)
        append(run)
        let after = boards.map(entries)
        let (old, new) = (before[0][run.player], after[0][run.player])
        return Receipt(
            outcome: outcome(run, old: old, new: new),
            run: run.id,
            score: run.score,
            best: new?.score,
            previousBest: old?.score,
            places: kinds.indices.map { index in
                place(kinds[index], of: run, before: before[index], after: after[index])
            },
            reasons: run.reasons,
            isReplay: false
        )
    }

    private func outcome(_ run: Run, old: Line?, new: Line?) -> Receipt.Outcome {
        guard run.reasons.isEmpty else { return run.isHeld ? .held : .refused }
        guard old != new, let new else { return .notBetter }
        guard let old else { return .newBest }
        let isHigher = rules(of: run.board).order == .higher
        return (isHigher ? new.score > old.score : new.score < old.score) ? .newBest : .updated
    }

    private func place(
        _ kind: BoardKind,
        of run: Run,
        before: [Int64: Line],
        after: [Int64: Line]
    ) -> Receipt.Place {
        func above(_ entries: [Int64: Line]) -> [Line]? {
            entries[run.player].map { own in entries.values.filter { isBefore($0, own, on: run.board) } }
        }
        let ahead = above(after)
        return Receipt.Place(
            board: kind,
            boardName: run.board,
            rank: ahead.map { $0.count + 1 },
            previousRank: above(before).map { $0.count + 1 },
            entries: after.count,
            next: ahead.flatMap { lines in
                lines.max { isBefore($0, $1, on: run.board) }.map {
                    .init(rank: lines.count, score: $0.score)
                }
            }
        )
    }
}
