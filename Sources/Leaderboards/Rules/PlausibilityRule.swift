/// One rule by which a game judges whether a score can have been played.
package enum PlausibilityRule: String, CaseIterable, Sendable {
    case minimumScore = "min_score"
    case maximumScore = "max_score"
    case minimumSeconds = "min_seconds"
    case maximumPerSecond = "max_score_per_second"
    case maximumPerHour = "max_per_hour"

    /// What the page is told of a run that breaks the rule; part of the API, never renamed.
    package var code: String {
        switch self {
        case .minimumScore: "below_min_score"
        case .maximumScore: "above_max_score"
        case .minimumSeconds: "too_short"
        case .maximumPerSecond: "too_fast"
        case .maximumPerHour: "too_often"
        }
    }
}

/// What breaking a rule leads to, the mildest first.
package enum RuleOutcome: String, CaseIterable, Comparable, Sendable {
    /// The run counts, and it is told which rule it broke.
    case accept
    /// The run waits for an operator and is on no leaderboard until then.
    case hold
    /// The run never counts.
    case refuse

    package static func < (left: RuleOutcome, right: RuleOutcome) -> Bool { left.severity < right.severity }

    private var severity: Int {
        switch self {
        case .accept: 0
        case .hold: 1
        case .refuse: 2
        }
    }
}
