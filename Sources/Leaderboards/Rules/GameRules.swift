/// How the scores of a game are ordered, kept, bounded and shown.
package struct GameRules: Hashable, Sendable {
    /// Which of two scores is the better one.
    package enum Order: String, CaseIterable, Sendable {
        case higher, lower
    }

    /// Which of a player's runs make the entry.
    package enum Keep: String, CaseIterable, Sendable {
        case best, latest, sum
    }

    package var order: Order
    package var keep: Keep
    /// The IANA name of the zone in which days, weeks and months of this game begin.
    package var zone: String
    package var telegramScore: TelegramScore
    package var bounds: ScoreBounds

    /// Sets the rules.
    ///
    /// - Parameters:
    ///   - order: Which score is better.
    ///   - keep: Which runs count.
    ///   - zone: The IANA time zone of the windows.
    ///   - telegramScore: What Telegram's own table shows.
    ///   - bounds: Which scores are refused.
    package init(
        order: Order = .higher,
        keep: Keep = .best,
        zone: String = "UTC",
        telegramScore: TelegramScore = .same,
        bounds: ScoreBounds = ScoreBounds()
    ) {
        self.order = order
        self.keep = keep
        self.zone = zone
        self.telegramScore = telegramScore
        self.bounds = bounds
    }

    /// Why the rules cannot be used together, or nil when they can.
    ///
    /// Telegram orders its table by the higher number, so a game where less is better cannot show its scores there
    /// as they are; and where what it shows is not obvious it must be said.
    package var conflict: String? {
        if order == .lower, telegramScore == .same {
            return
                "telegram-score 'same' would put the worst first in Telegram, whose tables rank the higher "
                + "number first; use 'off' or 'inverted:CEILING'"
        }
        return bounds.conflict
    }

    /// Turns a score into a number of which less is better.
    ///
    /// - Parameter score: The score, or a sum of scores.
    /// - Returns: Its key in the order of this game.
    package func sortKey(for score: Int64) -> Int64 { order == .higher ? -score : score }

    /// Turns a sort key back into the score.
    ///
    /// - Parameter sortKey: What ``sortKey(for:)`` gave.
    /// - Returns: The score.
    package func score(ofSortKey sortKey: Int64) -> Int64 { order == .higher ? -sortKey : sortKey }
}
