package import Leaderboards
package import Postgres

/// How a game is played: what runs that were launched within a time brought, without those of players who are banned now.
package struct GameStatistics: Sendable {
    /// Runs that were submitted, and how many people did.
    package internal(set) var runs = 0
    package internal(set) var players = 0
    /// Scores below which a share of the runs lies, as they were submitted.
    package internal(set) var quantiles: [(share: Double, score: Int32)] = []
    /// How many runs brought a score from one number to another, themselves included: equal steps from the lowest to the
    /// highest score or, where few scores are far above all others, to the 99th percentile, and those few as the last step.
    package internal(set) var histogram: [(from: Int64, to: Int64, runs: Int)] = []
    /// Runs and players by local date, without days on which nobody played.
    package internal(set) var days: [(date: String, runs: Int, players: Int)] = []
    /// Runs by the local hour of the day, 24 of them.
    package internal(set) var hours = [Int](repeating: 0, count: 24)
    /// How many runs broke a rule, by its code and what followed or, in shadow, would have.
    package internal(set) var rules: [(code: String, outcome: String, isShadow: Bool, runs: Int)] = []

    package static let shares = [0.5, 0.9, 0.95, 0.99, 0.999, 1]
    fileprivate static let steps: Int64 = 20
    /// What is above this share is rare.
    fileprivate static let usualShare = 0.99
}

extension Session {
    /// The runs that are counted, as `s`; more conditions may follow.
    private static let counted = """
        scores s JOIN games g ON g.game_id = s.game_id WHERE s.outcome <> 'o' AND \(SQL.isAdmitted)
        """

    /// Counts how a game is played, by the clocks of its zone.
    ///
    /// - Parameter since: When runs were launched at the earliest, which keeps older months untouched.
    package func gameStatistics(of game: Game, since: Instant) throws(PostgresError) -> GameStatistics {
        var found = GameStatistics()
        let totals = try first(
            """
            SELECT count(*), count(DISTINCT player_id), min(score), max(score),
                   percentile_disc(\(GameStatistics.shares)) WITHIN GROUP (ORDER BY score)
            FROM \(unescaped: Self.counted) AND s.game_id = \(game.id) AND s.launched_at >= \(since)
            """
        )?.decode(Int.self, Int.self, Int32?.self, Int32?.self, [Int32]?.self)
        guard let (runs, players, lowest, highest, scores) = totals, let lowest, let highest else {
            return found
        }
        (found.runs, found.players) = (runs, players)
        found.quantiles = zip(GameStatistics.shares, scores ?? []).map { ($0, $1) }
        let usual = found.quantiles.first { $0.share == GameStatistics.usualShare }?.score ?? highest
        let low = Int64(lowest)
        // Where the few best are as far above the others as these are apart, they are a step of their own.
        let isSkewed = Int64(highest) - Int64(usual) > Int64(usual) - low && usual < highest
        let width = Int64(isSkewed ? usual : highest) - low + 1
        let steps = min(GameStatistics.steps - (isSkewed ? 1 : 0), width)
        // Where a step begins, it is the first score that the division puts into it.
        func start(_ step: Int64) -> Int64 { low + (step * width + steps - 1) / steps }
        let counts = try query(
            """
            SELECT least((s.score - \(low)) * \(steps) / \(width), \(steps)) AS step, count(*)
            FROM \(unescaped: Self.counted) AND s.game_id = \(game.id) AND s.launched_at >= \(since) GROUP BY step
            """
        ).decode(Int64.self, Int.self)
        let byStep = Dictionary(counts) { first, _ in first }
        found.histogram = (0..<steps).map { (start($0), start($0 + 1) - 1, byStep[$0] ?? 0) }
        if isSkewed { found.histogram.append((start(steps), Int64(highest), byStep[steps] ?? 0)) }
        found.days = try query(
            """
            SELECT to_char(launched_at AT TIME ZONE \(game.rules.zone), 'YYYY-MM-DD') AS day, count(*),
                   count(DISTINCT player_id)
            FROM \(unescaped: Self.counted) AND s.game_id = \(game.id) AND s.launched_at >= \(since) GROUP BY day ORDER BY day
            """
        ).decode(String.self, Int.self, Int.self).map { ($0, $1, $2) }
        for (hour, runs) in try query(
            """
            SELECT extract(hour FROM launched_at AT TIME ZONE \(game.rules.zone))::int AS hour, count(*)
            FROM \(unescaped: Self.counted) AND s.game_id = \(game.id) AND s.launched_at >= \(since) GROUP BY hour
            """
        ).decode(Int32.self, Int.self) where found.hours.indices.contains(Int(hour)) {
            found.hours[Int(hour)] = runs
        }
        found.rules = try query(
            """
            SELECT code, outcome, is_shadow, count(*) FROM (
                SELECT unnest(s.reasons), CASE s.outcome WHEN 'h' THEN 'hold' WHEN 'r' THEN 'refuse' ELSE 'accept' END, false
                FROM \(unescaped: Self.counted) AND s.game_id = \(game.id) AND s.launched_at >= \(since) AND reasons IS NOT NULL
                UNION ALL
                SELECT unnest(reasons), outcome, true
                FROM reviews WHERE game_id = \(game.id) AND launched_at >= \(since) AND is_shadow
            ) AS broken (code, outcome, is_shadow)
            GROUP BY code, outcome, is_shadow ORDER BY is_shadow, code, outcome
            """
        ).decode(String.self, String.self, Bool.self, Int.self).map { ($0, $1, $2, $3) }
        return found
    }
}
