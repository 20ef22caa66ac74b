import Leaderboards

extension Stage {
    /// What a submission costs in a game with many boards, and one that feeds several of them.
    func measureBoards() async throws -> [BenchResult] {
        let (plain, file) = (try tokens(of: .steady), try tokens(of: .levelled))
        let played = Game.mainBoard + "," + (1...4).map(BenchGame.level).joined(separator: ",")
        try await settle(plain)
        try await settle(file, of: .levelled, .several, played)
        // The same scores again would improve nothing at all.
        var seed = 3000
        func measure(
            _ name: String,
            atLeast goal: Double,
            _ note: String,
            _ script: LoadScript,
            _ more: String...
        ) async throws -> BenchResult {
            let pairs = try await pairs(name) {
                seed += 1
                return try await load(.steady, [plain, path, "\(seed)"], plan.seconds)
            } load: { pair in
                try await load(script, [file, path, "\(seed + 1000 * (pair + 1))"] + more, plan.seconds)
            }
            return BenchResult(
                name,
                pairs,
                against: "a game without boards",
                goals: [.ratioAtLeast(goal)],
                note: note
            )
        }
        return [
            try await measure(
                "submissions, 1,000 boards",
                atLeast: 1 / 1.05,
                "steady; scores of the game's own board, beside \(BenchGame.levels) declared ones",
                .steady
            ),
            try await measure(
                "submissions, one of 1,000 boards",
                atLeast: 1 / 1.05,
                "steady; scores of one declared board",
                .several,
                BenchGame.level(1)
            ),
            try await measure(
                "submissions, 5 boards",
                atLeast: 1 / 2.5,
                "steady; the same score for the game's own board and four declared ones",
                .several,
                played
            ),
        ]
    }
}
