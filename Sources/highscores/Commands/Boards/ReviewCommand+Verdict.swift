import Leaderboards
import Operations
import Storage

extension ReviewSelection {
    /// Decides about held runs, those named or all that were chosen, and shows what changed.
    func decide(
        _ decision: Correction,
        _ runs: [NamedRun],
        _ would: String,
        _ did: String,
        _ options: GuardedChangeOptions,
        _ output: OutputOptions
    ) async throws {
        let change = try await CommandContext().withAdministration { administration in
            var (filter, subject, words) = try await filter(administration)
            for run in runs { filter.runs.append(try await run.find(administration)) }
            // What was decided once is decided anew only where it is named.
            if runs.isEmpty { filter.states = [.held] }
            let records = try await administration.reviews(filter, limit: .max)
            if !runs.isEmpty {
                subject = Set(records.map(\.gameName)).sorted().joined(separator: " ")
                words = subject
            }
            return try await options.make(
                askingFor: subject,
                to: "\(would) \(counted(records.count, "held run")) of \(words)",
                administration
            ) { try await administration.decide(filter, decision, terms: $0) }
        }
        try output.print(change, options, would, did, counted(change.runs.count, "run"))
    }
}

extension Record {
    static let reviewColumns = [
        "run", "game", "chat", "player", "name", "score", "started_at", "accepted_at", "seconds", "outcome",
        "reasons", "state",
    ]

    /// A run that broke rules.
    init(_ review: ReviewRecord) {
        let milliseconds = (review.acceptedAt - review.startedAt).wholeMilliseconds
        self.init([
            "run": review.key.run, "game": review.gameName, "chat": review.chat, "player": review.player,
            "name": review.playerName, "score": review.score.value, "started_at": review.startedAt,
            "accepted_at": review.acceptedAt, "seconds": Double(milliseconds) / 1000,
            "outcome": review.outcome.rawValue, "reasons": review.reasons, "state": review.state?.rawValue,
        ])
    }
}
