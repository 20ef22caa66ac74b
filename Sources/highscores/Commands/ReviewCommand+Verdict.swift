import Leaderboards
import Operations
import Storage

/// A decision about held runs, carried out.
struct ReviewVerdict: Sendable {
    let decision: ReviewDecision
    let runs: [RunID]
    let selection: ReviewSelection.Choice

    /// Decides and shows what changed.
    func carryOut(_ guarded: GuardedChange, _ output: OutputOptions) async throws {
        let change = try await CommandContext().withAdministration { administration in
            var (filter, subject) = try await selection.filter(administration)
            filter.runs = runs
            // What was decided once is decided anew only where it is named.
            if runs.isEmpty { filter.states = [.held] }
            let wanted = filter
            let records = try await administration.reviews(wanted, limit: .max)
            if !runs.isEmpty { subject = Set(records.map(\.gameName)).sorted().joined(separator: " ") }
            return try await guarded.make(
                askingFor: subject,
                to: "\(decision.rawValue) \(counted(records.count, "held run")) of \(subject)",
                administration
            ) { try await administration.decide(wanted, decision, terms: $0) }
        }
        let verb = guarded.isDryRun ? decision.rawValue : decision.past
        try output.print(change, isDryRun: guarded.isDryRun, "\(verb) \(counted(change.runs.count, "run"))")
    }
}

extension ReviewDecision {
    fileprivate var past: String {
        switch self {
        case .accept: "accepted"
        case .refuse: "refused"
        }
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
            ("run", .text(review.key.run.description)), ("game", .text(review.gameName)),
            ("chat", .optional(review.chat?.description)), ("player", .text(review.player.description)),
            ("name", .optional(review.playerName)), ("score", .integer(Int64(review.score.value))),
            ("started_at", .time(review.startedAt)),
            ("accepted_at", .time(review.acceptedAt)),
            ("seconds", .number(Double(milliseconds) / 1000)), ("outcome", .text(review.outcome.rawValue)),
            ("reasons", .list(review.reasons)), ("state", .optional(review.state?.rawValue)),
        ])
    }
}
