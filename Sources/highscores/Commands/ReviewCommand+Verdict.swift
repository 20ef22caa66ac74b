import Leaderboards
import Scoring
import Storage

/// A decision about held runs, carried out.
struct ReviewVerdict: Sendable {
    let decision: ReviewDecision
    let runs: [RunID]
    let selection: ReviewSelection.Choice

    /// Decides and shows what changed.
    func carryOut(_ options: ChangeOptions, isAsked: Bool, _ output: OutputOptions) async throws {
        let (reason, isDryRun) = (options.reason, options.dryRun)
        let context = try CommandContext()
        let done = try await context.withAdministration { administration in
            var (filter, subject) = try await selection.filter(administration)
            filter.runs = runs
            if runs.isEmpty {
                // What was decided once is decided anew only where it is named.
                filter.states = [.held]
                if isAsked, !isDryRun { try await ask(about: filter, subject, administration) }
            }
            return try await administration.decide(filter, decision, reason: reason, isDryRun: isDryRun)
        }
        let effect = Effect(report: done.change.rebuild, deliveries: done.change.deliveries)
        let decided = Set(done.change.runs.map(\.after.key))
        let records = done.records.filter { decided.contains($0.key) }.map { Record($0) }
        try output.print(records, columns: Record.reviewColumns, named: "runs", with: effect)
        StandardError.write(
            line: "highscores: \(remark(on: decided.count, of: done.records.count, isDryRun))"
        )
        effect.tell(isDryRun: isDryRun, isSampled: isDryRun && !output.json)
    }

    private func ask(
        about filter: ReviewFilter,
        _ subject: String,
        _ administration: Administration
    ) async throws {
        let would = try await administration.decide(filter, decision, isDryRun: true)
        guard !would.change.runs.isEmpty else { return }
        try Confirmation.ask(
            "\(counted(would.change.runs.count, "held run")) of \(subject) would be \(decision.past) in the database "
                + "'\(administration.databaseName)'.",
            for: subject
        )
    }

    private func remark(on number: Int, of all: Int, _ isDryRun: Bool) -> String {
        guard all > 0 else { return "there are none" }
        guard number > 0 else { return "\(all == 1 ? "it is" : "they are") \(decision.past) already" }
        let runs = counted(number, "run")
        return isDryRun ? "dry run: \(runs) would be \(decision.past)" : "\(decision.past) \(runs)"
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
        "reasons",
        "state",
    ]

    /// A run that broke rules.
    init(_ review: ReviewRecord) {
        let milliseconds = (review.acceptedAt - review.startedAt).wholeMilliseconds
        self.init([
            ("run", .text(review.key.run.description)), ("game", .text(review.gameName)),
            ("chat", .optional(review.chat?.description)), ("player", .text(review.player.description)),
            ("name", .optional(review.playerName)), ("score", .integer(Int64(review.score.value))),
            ("started_at", .text(review.startedAt.description)),
            ("accepted_at", .text(review.acceptedAt.description)),
            ("seconds", .number(Double(milliseconds) / 1000)), ("outcome", .text(review.outcome.rawValue)),
            ("reasons", .list(review.reasons)), ("state", .optional(review.state?.rawValue)),
        ])
    }
}
