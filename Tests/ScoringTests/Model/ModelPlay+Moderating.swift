import Leaderboards
import Storage
import TestSupport

@testable import Scoring

extension ModelPlay {
    /// Takes runs away, puts them back, or lets them count as another score, after looking at what that would change.
    mutating func correct() async throws {
        guard let game = ensemble.game() else { throw failure("the game is not known") }
        let counting = model.runs.filter(\.isAdmitted)
        let removed = counting.filter(\.isRemoved)
        let (candidates, correction): ([LeaderboardModel.Run], Correction)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where !removed.isEmpty: (candidates, correction) = (removed, .restore)
        case 1:
            let score = Int32.random(in: 0..<setup.scores, using: &generator) * 10
            guard let score = Score(score) else { return }
            (candidates, correction) = (counting.filter { !$0.isRemoved }, .set(score))
        default: (candidates, correction) = (counting.filter { !$0.isRemoved }, .remove)
        }
        let runs = Set(candidates.shuffled(using: &generator).prefix(isOne(in: 3) ? 3 : 1).map(\.id))
        let before = model.standings
        for run in runs {
            model.correct(run) { run in
                switch correction {
                case .remove: run.isRemoved = true
                case .restore: run.isRemoved = false
                case .set(let score): run.score = Int64(score.value)
                case .accept, .refuse: break
                }
            }
        }
        let administration = ensemble.administration
        try await moderate("\(correction) of \(runs)", from: before) { isDryRun in
            try await administration.correct(Array(runs), of: game, correction, isDryRun: isDryRun)
        }
    }

    /// Decides about runs that were held, some of them once more.
    mutating func review() async throws {
        let runs = Set(
            model.runs.filter(\.isHeld).shuffled(using: &generator).prefix(isOne(in: 3) ? 5 : 2).map(\.id)
        )
        guard !runs.isEmpty else { return }
        let decision: ReviewDecision = isOne(in: 3) ? .refuse : .accept
        let before = model.standings
        for run in runs {
            model.correct(run) { run in
                // The last word on a run holds: one that was taken away after it was accepted may count again.
                (run.isAccepted, run.isRemoved) = (decision == .accept, false)
            }
        }
        var filter = ReviewFilter()
        filter.runs = Array(runs)
        let (wanted, administration) = (filter, ensemble.administration)
        try await moderate("\(decision) of \(runs)", from: before) { isDryRun in
            try await administration.decide(wanted, decision, isDryRun: isDryRun).change
        }
    }

    /// Bans somebody from the game or from all games, or takes a ban back.
    mutating func ban() async throws {
        // The first player presses the button when chats meet.
        let player =
            model.banned.sorted().randomElement(using: &generator)
            ?? Int64.random(in: 2...setup.players, using: &generator)
        let isBanned = !model.banned.contains(player)
        let ban = Ban(bot: Stage.bot, player: PlayerID(rawValue: player), game: stage.game)
        let before = model.standings
        if isBanned { model.banned.insert(player) } else { model.banned.remove(player) }
        let administration = ensemble.administration
        try await moderate("the ban \(isBanned) of \(player)", from: before) { isDryRun in
            try await administration.setBan(ban, to: isBanned, isDryRun: isDryRun)
        }
        guard let game = ensemble.game() else { throw failure("the game is not known") }
        try await until { [stage] in
            stage.instances.allSatisfy { $0.registry.isBanned(ban.player, from: game) == isBanned }
        }
    }

    /// Tries a change, makes it, and compares both with the model, which knows it already.
    private func moderate(
        _ what: String,
        from before: LeaderboardModel.Standings,
        _ change: (_ isDryRun: Bool) async throws -> ModerationChange
    ) async throws {
        let expected = ExpectedReport(before: before, after: model.standings)
        let dump = try await dump()
        try require(ExpectedReport(try await change(true).rebuild), is: expected, "the trial of \(what)")
        try require(try await self.dump(), is: dump, "the tables after the trial of \(what)")
        try require(ExpectedReport(try await change(false).rebuild), is: expected, "the report of \(what)")
        try require(
            try await change(false).isEmpty,
            is: true,
            "whether \(what) a second time changes nothing"
        )
        try await compareTables()
    }
}
