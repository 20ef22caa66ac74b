/// A score as a page may submit it: 0…2147483647, the range of Telegram's own tables.
package struct Score: Hashable, Sendable {
    package let value: Int32

    /// Takes a number that is in range.
    ///
    /// - Parameter value: The number; a negative one gives nil.
    package init?(_ value: Int32) {
        guard value >= 0 else { return nil }
        self.value = value
    }

    /// Reads a JSON number by its text, so that `1e3`, `1.0` and `-0` are not taken for integers.
    ///
    /// - Parameter digits: `0` or `[1-9][0-9]*` up to 2147483647; anything else gives nil.
    package init?(digits: some StringProtocol) {
        guard let number = Int32(digits), number >= 0, String(number) == digits else { return nil }
        self.value = number
    }
}

/// The scores that a game takes, beyond which they are refused.
package struct ScoreBounds: Hashable, Sendable {
    package var minimum: Int32?
    package var maximum: Int32?
    /// The most points that a second of play can bring, by the server's clock.
    package var maximumPerSecond: Double?
    /// The fewest seconds that a run can take, by the server's clock.
    package var minimumSeconds: Double?

    /// Sets bounds.
    ///
    /// - Parameters:
    ///   - minimum: The lowest score taken.
    ///   - maximum: The highest score taken.
    ///   - maximumPerSecond: The most points a second.
    ///   - minimumSeconds: The shortest run.
    package init(
        minimum: Int32? = nil,
        maximum: Int32? = nil,
        maximumPerSecond: Double? = nil,
        minimumSeconds: Double? = nil
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.maximumPerSecond = maximumPerSecond
        self.minimumSeconds = minimumSeconds
    }

    /// Whether a run must have been started for its duration to be known.
    package var needsDuration: Bool { maximumPerSecond != nil || minimumSeconds != nil }

    /// Why the bounds cannot hold together, or nil when they can.
    package var conflict: String? {
        if let minimum, let maximum, minimum > maximum {
            return "min-score \(minimum) is above max-score \(maximum)"
        }
        return nil
    }

    /// Which bounds a score breaks.
    ///
    /// - Parameters:
    ///   - score: The score submitted.
    ///   - duration: From the run's start to the score's arrival, by the server's clock.
    /// - Returns: A code for each bound broken; empty when the score may stand.
    package func violations(score: Score, duration: Duration) -> [String] {
        var reasons: [String] = []
        let seconds = Double(duration.wholeMilliseconds) / 1000
        if let minimum, score.value < minimum { reasons.append("below_min_score") }
        if let maximum, score.value > maximum { reasons.append("above_max_score") }
        if let minimumSeconds, seconds < minimumSeconds { reasons.append("too_short") }
        if let maximumPerSecond, Double(score.value) > maximumPerSecond * seconds {
            reasons.append("too_fast")
        }
        return reasons
    }
}
