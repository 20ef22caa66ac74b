package import Leaderboards

/// A run that breaks rules of its game, as it is counted and logged.
package struct RuleBreach: Hashable, Sendable {
    /// The codes of the rules.
    package let codes: [String]
    /// What follows, or would if the rules were not in shadow.
    package let outcome: RuleOutcome
    package let isShadow: Bool
}

extension RuleBreach {
    /// What a run's answer tells of rules; nil where it broke none.
    init?(_ receipt: Receipt) {
        if let shadow = receipt.shadow {
            guard !shadow.broken.isEmpty else { return nil }
            self.init(codes: shadow.codes, outcome: shadow.outcome, isShadow: true)
        } else {
            guard !receipt.reasons.isEmpty else { return nil }
            let outcome: RuleOutcome =
                switch receipt.outcome {
                case .held: .hold
                case .refused: .refuse
                case .newBest, .updated, .notBetter: .accept
                }
            self.init(codes: receipt.reasons, outcome: outcome, isShadow: false)
        }
    }
}
