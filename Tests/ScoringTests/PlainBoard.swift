import Leaderboards

/// A leaderboard without a database, to compare with: every player's runs, looked at anew for each question.
struct PlainBoard: Sendable {
    /// One counted run.
    struct Run: Sendable {
        let player: Int64
        let score: Int64
        let acceptedAt: Instant
    }

    /// A line as the model knows it.
    struct Line: Hashable, Sendable {
        let rank: Int
        let player: String
        let score: Int64
        let achievedAt: Instant
    }

    let rules: GameRules
    /// In the order of acceptance.
    var runs: [Run] = []

    /// All lines in order.
    var lines: [Line] {
        let entries = Dictionary(grouping: runs, by: \.player).map { player, runs in
            let entry = entry(of: runs)
            return Line(rank: 0, player: "\(player)", score: entry.score, achievedAt: entry.acceptedAt)
        }
        let sorted = entries.sorted { left, right in
            if left.score != right.score {
                return rules.order == .higher ? left.score > right.score : left.score < right.score
            }
            if left.achievedAt != right.achievedAt { return left.achievedAt < right.achievedAt }
            return Int64(left.player) ?? 0 < Int64(right.player) ?? 0
        }
        return sorted.enumerated().map {
            Line(rank: $0 + 1, player: $1.player, score: $1.score, achievedAt: $1.achievedAt)
        }
    }

    private func entry(of runs: [Run]) -> Run {
        let last = runs[runs.count - 1]
        switch rules.keep {
        case .latest: return last
        case .sum:
            return Run(
                player: last.player,
                score: runs.reduce(0) { $0 + $1.score },
                acceptedAt: last.acceptedAt
            )
        case .best:
            let scores = runs.map(\.score)
            let best = rules.order == .higher ? scores.max() : scores.min()
            return runs.first { $0.score == best } ?? last
        }
    }
}
