/// What the plausibility rules of a game make of a run.
package struct Verdict: Hashable, Sendable {
    /// The run breaks no rule.
    package static let clean = Verdict(outcome: .accept, broken: [], isShadow: false)

    /// The strictest outcome of the rules that the run breaks.
    package let outcome: RuleOutcome
    /// The rules that the run breaks.
    package let broken: [PlausibilityRule]
    /// Whether nothing follows but a record.
    package let isShadow: Bool

    /// States a verdict.
    ///
    /// - Parameters:
    ///   - outcome: The strictest outcome of the rules that are broken.
    ///   - broken: The rules that are broken.
    ///   - isShadow: Whether nothing follows but a record.
    package init(outcome: RuleOutcome, broken: [PlausibilityRule], isShadow: Bool) {
        self.outcome = outcome
        self.broken = broken
        self.isShadow = isShadow
    }

    /// What follows for the run.
    package var consequence: RuleOutcome { isShadow ? .accept : outcome }

    /// Whether the run counts on leaderboards at once.
    package var counts: Bool { consequence == .accept }

    /// The codes of the rules that the run breaks.
    package var codes: [String] { broken.map(\.code) }

    /// The codes that the page is told and the log keeps: none in shadow.
    package var reasons: [String] { isShadow ? [] : codes }

    /// Whether operators are to find the run among those to review.
    package var isReviewed: Bool { !broken.isEmpty && (isShadow || outcome == .hold) }
}
