import ScoringSupport
import Leaderboards
import Storage
import TestSupport

@testable import Operations
@testable import Scoring

/// A change by an operator that may be undone.
struct Moderation {
    /// What the model has of one run.
    struct RunFacts: Equatable {
        let isRemoved: Bool
        let score: Int64
        let decision: Correction?

        init(_ run: LeaderboardModel.Run) {
            (isRemoved, score, decision) = (run.isRemoved, run.score, run.decision)
        }

        func restore(_ run: inout LeaderboardModel.Run) {
            (run.isRemoved, run.score, run.decision) = (isRemoved, score, decision)
        }
    }

    /// What one run was and is.
    struct RunChange {
        let run: LeaderboardModel.Run.Key
        let before: RunFacts
        let after: RunFacts
    }

    enum Kind {
        case runs([RunChange])
        /// Bans by whether they are from all games of the bot.
        case bans(Int64, Set<Bool>, isBanned: Bool)
    }

    let audit: AuditID
    let kind: Kind
    var isUndone = false
}

extension ModelPlay {
    /// Takes runs away, puts them back, or lets them count as another score, after looking at what that would change.
    mutating func correct() async throws {
        let game = try game(board())
        let counting = model.runs.filter { $0.board == game.board && $0.isAdmitted }
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
        // Often one that was corrected before, so that what is undone was at times changed since.
        let known = Set(
            moderations.flatMap { moderation -> [LeaderboardModel.Run.Key] in
                guard case .runs(let changes) = moderation.kind else { return [] }
                return changes.map(\.run)
            }
        )
        let again = candidates.filter { known.contains($0.key) }
        let choice = again.isEmpty || isOne(in: 3) ? candidates : again
        let runs = Set(choice.shuffled(using: &generator).prefix(isOne(in: 3) ? 3 : 1).map(\.key))
        let before = model
        for run in runs {
            model.correct(run) { run in
                switch correction {
                case .remove: run.isRemoved = true
                case .restore: run.isRemoved = false
                case .set(let score): run.score = Int64(score.value)
                // That is done by review.
                case .accept, .refuse: break
                }
            }
        }
        let changes = changes(since: before)
        let administration = ensemble.administration
        let audit = try await moderate("\(correction) of \(runs)", from: before.ranking) { terms in
            try await administration.correct(.runs(runs.map(\.id)), of: game, correction, terms: terms)
        }
        try require(audit == nil, is: changes.isEmpty, "whether \(correction) is not on record")
        if let audit { moderations.append(Moderation(audit: audit, kind: .runs(changes))) }
    }

    /// The runs that the model has otherwise than before.
    private func changes(since before: LeaderboardModel) -> [Moderation.RunChange] {
        zip(before.runs, model.runs).compactMap { old, new in
            let change = Moderation.RunChange(run: new.key, before: .init(old), after: .init(new))
            return change.before == change.after ? nil : change
        }
    }

    /// Decides about runs that were held, some of them once more: on one board, or wherever they were.
    mutating func review() async throws {
        var held = model.runs.filter(\.isHeld).shuffled(using: &generator)
        var filter = ReviewFilter()
        if isOne(in: 2) {
            let game = try game(board())
            filter.games = [game.id]
            held.removeAll { $0.board != game.board }
        }
        let ids = Set(held.prefix(isOne(in: 3) ? 5 : 2).map(\.id))
        guard !ids.isEmpty else { return }
        filter.runs = Array(ids)
        let runs = held.map(\.key).filter { ids.contains($0.id) }
        let decision: Correction = isOne(in: 3) ? .refuse : .accept
        let before = model
        for run in runs {
            model.correct(run) { run in
                // The last word on a run holds: one that was taken away after it was accepted may count again.
                (run.decision, run.isRemoved) = (decision, false)
            }
        }
        let changes = changes(since: before)
        let (wanted, administration) = (filter, ensemble.administration)
        let audit = try await moderate("\(decision) of \(runs)", from: before.ranking) { terms in
            try await administration.decide(wanted, decision, terms: terms)
        }
        // A run whose score was set is accepted once more for the record, though nothing comes of it.
        if audit == nil { try require(changes.isEmpty, is: true, "whether \(decision) is not on record") }
        // Each board has it on record for itself.
        if let audit, Set(changes.map(\.run.board)).count == 1 {
            moderations.append(Moderation(audit: audit, kind: .runs(changes)))
        }
    }

    /// Bans somebody from the game or from all games, or takes all bans back.
    mutating func ban() async throws {
        let game = try game()
        // The first player presses the button when chats meet.
        let player =
            model.banned.sorted().randomElement(using: &generator)
            ?? Int64.random(in: 2...setup.players, using: &generator)
        let id = PlayerID(rawValue: player)
        let held = bans[player] ?? []
        let before = model.ranking
        let administration = ensemble.administration
        let kind: Moderation.Kind
        let audit: AuditID?
        if held.isEmpty {
            let isWhole = isOne(in: 2)
            let scope: BanScope =
                isWhole
                ? isOne(in: 2) ? .everywhere : .bot(BotRecord(id: Stage.bot, username: nil)) : .game(game)
            setBans(of: player, [isWhole])
            kind = .bans(player, [isWhole], isBanned: true)
            audit = try await moderate("the ban of \(player)", from: before) { terms in
                try await administration.ban(id, from: scope, terms: terms)
            }
        } else {
            setBans(of: player, [])
            kind = .bans(player, held, isBanned: false)
            audit = try await moderate("the end of all bans of \(player)", from: before) { terms in
                try await administration.unban(id, from: .everywhere, terms: terms)
            }
        }
        guard let audit else { throw failure("a ban is not on record") }
        moderations.append(Moderation(audit: audit, kind: kind))
        try await hearOfBans()
    }

    /// Takes a change by an operator back, or finds that something changed the same since.
    mutating func undo() async throws {
        guard let index = moderations.indices.randomElement(using: &generator) else { return }
        let moderation = moderations[index]
        let before = model.ranking
        let administration = ensemble.administration
        let inverse: Moderation.Kind
        var isPossible = !moderation.isUndone
        switch moderation.kind {
        case .runs(let changes):
            let now = Dictionary(uniqueKeysWithValues: model.runs.map { ($0.key, $0) })
            for change in changes {
                guard let run = now[change.run] else { throw failure("a run is gone") }
                isPossible = isPossible && Moderation.RunFacts(run) == change.after
            }
            inverse = .runs(
                changes.map { .init(run: $0.run, before: $0.after, after: $0.before) }
            )
            if isPossible {
                for change in changes {
                    model.correct(change.run) { change.before.restore(&$0) }
                }
            }
        case .bans(let player, let levels, let isBanned):
            let held = bans[player] ?? []
            isPossible = isPossible && (isBanned ? levels.isSubset(of: held) : levels.isDisjoint(with: held))
            inverse = .bans(player, levels, isBanned: !isBanned)
            if isPossible { setBans(of: player, isBanned ? held.subtracting(levels) : held.union(levels)) }
        }
        guard isPossible else {
            let dump = try await dump()
            do throws(OperationError) {
                _ = try await administration.undo(moderation.audit)
            } catch {
                guard case .conflict = error else { throw error }
                return try require(try await self.dump(), is: dump, "the tables after what cannot be undone")
            }
            throw failure("entry \(moderation.audit) was undone, which others had changed since")
        }
        let audit = try await moderate("undoing \(moderation.kind)", from: before, isRepeatable: false) {
            terms in
            try await administration.undo(moderation.audit, terms: terms)
        }
        guard let audit else { throw failure("an undoing is not on record") }
        moderations[index].isUndone = true
        moderations.append(Moderation(audit: audit, kind: inverse))
        try await hearOfBans()
    }

    private mutating func setBans(of player: Int64, _ levels: Set<Bool>) {
        bans[player] = levels
        if levels.isEmpty { model.banned.remove(player) } else { model.banned.insert(player) }
    }

    /// Waits until all instances know who is banned.
    private func hearOfBans() async throws {
        let game = try game()
        let banned = model.banned
        try await until { [stage, players = bans.keys] in
            stage.instances.allSatisfy { instance in
                players.allSatisfy {
                    instance.registry.isBanned(PlayerID(rawValue: $0), from: game) == banned.contains($0)
                }
            }
        }
    }

    /// Tries a change, makes it, and compares both with the model, which knows it already.
    func moderate(
        _ what: String,
        from before: LeaderboardModel.Ranking,
        isRepeatable: Bool = true,
        _ change: (ChangeTerms) async throws -> OperationChange
    ) async throws -> AuditID? {
        let expected = ExpectedReport(before: before, after: model.ranking)
        let dump = try await dump()
        let trial = try await change(ChangeTerms(isDryRun: true))
        try require(ExpectedReport(trial.rebuild), is: expected, "the trial of \(what)")
        try require(try await self.dump(), is: dump, "the tables after the trial of \(what)")
        let done = try await change(ChangeTerms(plan: trial.plan))
        try require(ExpectedReport(done.rebuild), is: expected, "the report of \(what)")
        if isRepeatable {
            try require(
                try await change(ChangeTerms()).isEmpty,
                is: true,
                "whether \(what) a second time changes nothing"
            )
        }
        try await compareTables()
        return done.audit
    }
}
