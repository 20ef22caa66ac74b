/// The rules by which a game judges whether a score can have been played, and what breaking them leads to.
package struct ScoreBounds: Hashable, Sendable {
    package var minimum: Int32?
    package var maximum: Int32?
    /// The most points that a second of play can bring, by the server's clock.
    package var maximumPerSecond: Double?
    /// The fewest seconds that a run can take, by the server's clock.
    package var minimumSeconds: Double?
    /// The most scores that one player can submit within any hour.
    package var maximumPerHour: Int32?
    /// What breaking a rule leads to; a rule that is not here refuses.
    package var outcomes: [PlausibilityRule: RuleOutcome] {
        didSet { outcomes = Self.withoutRefusals(outcomes) }
    }
    /// Whether the rules only record what they would do.
    package var isShadow: Bool

    /// Sets bounds.
    ///
    /// - Parameters:
    ///   - maximumPerSecond: The most points a second.
    ///   - maximumPerHour: The most scores of one player within any hour.
    ///   - outcomes: What breaking a rule leads to; by default the score is refused.
    ///   - isShadow: Whether the rules only record what they would do.
    package init(
        minimum: Int32? = nil,
        maximum: Int32? = nil,
        maximumPerSecond: Double? = nil,
        minimumSeconds: Double? = nil,
        maximumPerHour: Int32? = nil,
        outcomes: [PlausibilityRule: RuleOutcome] = [:],
        isShadow: Bool = false
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.maximumPerSecond = maximumPerSecond
        self.minimumSeconds = minimumSeconds
        self.maximumPerHour = maximumPerHour
        self.outcomes = Self.withoutRefusals(outcomes)
        self.isShadow = isShadow
    }

    /// What breaking a rule leads to.
    package func outcome(of rule: PlausibilityRule) -> RuleOutcome { outcomes[rule] ?? .refuse }

    /// Whether a run must have been started for its duration to be known.
    package var needsDuration: Bool { maximumPerSecond != nil || minimumSeconds != nil }

    /// Why the bounds cannot hold together, or nil when they can.
    package var conflict: String? {
        if let minimum, let maximum, minimum > maximum {
            return "min-score \(minimum) is above max-score \(maximum)"
        }
        return nil
    }

    /// Judges a score.
    ///
    /// - Parameters:
    ///   - duration: From the run's start to the score's arrival, by the server's clock.
    ///   - earlier: How many scores the player submitted in the hour before; known only where
    ///     ``maximumPerHour`` is set.
    /// - Returns: Which rules it breaks, and what follows.
    package func judge(score: Score, duration: Duration, earlier: Int = 0) -> Verdict {
        var broken: [PlausibilityRule] = []
        let seconds = Double(duration.wholeMilliseconds) / 1000
        if let minimum, score.value < minimum { broken.append(.minimumScore) }
        if let maximum, score.value > maximum { broken.append(.maximumScore) }
        if let minimumSeconds, seconds < minimumSeconds { broken.append(.minimumSeconds) }
        if let maximumPerSecond, Double(score.value) > maximumPerSecond * seconds {
            broken.append(.maximumPerSecond)
        }
        if let maximumPerHour, earlier >= Int(maximumPerHour) { broken.append(.maximumPerHour) }
        guard let outcome = broken.map({ self.outcome(of: $0) }).max() else { return .clean }
        return Verdict(outcome: outcome, broken: broken, isShadow: isShadow)
    }

    /// One spelling of the same outcomes, so that equal bounds are equal.
    private static func withoutRefusals(
        _ outcomes: [PlausibilityRule: RuleOutcome]
    ) -> [PlausibilityRule: RuleOutcome] {
        outcomes.filter { $0.value != .refuse }
    }
}
