import Leaderboards
import Operations
import Postgres
@testable import Scoring
import ScoringSupport
import Storage
import TestSupport

extension ModelPlay {
    /// Where attempts of a player are counted together.
    struct AttemptWindow: Hashable, Sendable {
        let player: Int64
        let board: String
        let label: String
    }

    // MARK: - Declaring

    /// Declares a board that is ordered otherwise, one that keeps otherwise, and a daily challenge.
    mutating func declareBoards() async throws {
        var (hard, mode, daily) = (GameChanges(), GameChanges(), GameChanges())
        hard.set(\.rules.order, to: setup.order == .higher ? .lower : .higher)
        hard.set(\.rules.windows, to: [.all, .day, .week])
        hard.set(\.rules.bounds.minimum, to: .some(20))
        hard.set(\.rules.bounds.maximum, to: .some(40_000))
        mode.set(\.rules.keep, to: setup.keep == .sum ? .latest : .sum)
        mode.set(\.rules.windows, to: [.all, .season])
        daily.set(\.rules.attempts, to: .some(GameRules.AttemptLimit(count: 3, window: .day)))
        daily.set(\.rules.seedWindow, to: .some(.day))
        let game = try game()
        for (name, changes) in [("hard", hard), ("mode", mode), ("daily", daily)] {
            let boards = try await ensemble.administration.addBoards([name], of: game, changes)
            model.set(boards[0].rules, of: name)
        }
        try await ensemble.waitUntilAllKnow(rules)
    }

    /// Attempts and seeds that a board may have.
    mutating func challenge() -> (attempts: GameRules.AttemptLimit?, seed: WindowKind?) {
        let limits: [GameRules.AttemptLimit?] = [
            nil, .init(count: 2, window: .day), .init(count: 5, window: .week),
            .init(count: 20, window: .all),
        ]
        let seeds: [WindowKind?] = [nil, .all, .day, .month]
        return (
            limits.randomElement(using: &generator) ?? nil, seeds.randomElement(using: &generator) ?? nil
        )
    }

    /// Takes a board away, or brings one back with all that happened to its runs meanwhile.
    mutating func removeOrRestoreBoard() async throws {
        let administration = ensemble.administration
        let change: OperationChange
        if let (name, audit) = removed.min(by: { $0.key < $1.key }), removed.count == 2 || isOne(in: 2) {
            change = try await administration.undo(audit)
            removed[name] = nil
        } else {
            let declared = rules.keys.filter { $0 != Game.mainBoard }.sorted()
            guard let name = declared.randomElement(using: &generator) else { return }
            var changes = GameChanges()
            changes.set(\.isRemoved, to: true)
            change = try await administration.setGame(game(name), changes, action: "board.remove")
            removed[name] = change.audit
            walks.removeAll { $0.place.board == name }
        }
        try require(change.rebuild, is: RebuildReport(), "what becomes of the leaderboards of \(removed)")
        try await ensemble.waitUntilAllKnow(rules)
        try await compareTables()
    }

    // MARK: - Starting

    /// Starts a run for one board.
    ///
    /// - Returns: Nil where the player has no attempt left.
    mutating func start(_ board: String, _ launch: Launch, _ token: String) async throws -> StartedRun? {
        let instance = instance()
        let start = max(ensemble.now(instance), launch.launchedAt)
        let limit = model.rules(of: board).attempts
        let key = isOne(in: 2) ? "start \(Int.random(in: 0..<1_000_000, using: &generator))" : nil
        let result: Result<StartedRun, Refusal>
        do throws(Refusal) {
            result = .success(
                try await stage.instances[instance].startRun(launchToken: token, board: board, key: key)
            )
        } catch { result = .failure(error) }
        if let limit {
            guard let label = model.label(limit.window, on: board, at: start) else {
                throw failure("no window of attempts at \(start)")
            }
            let window = AttemptWindow(player: launch.player.rawValue, board: board, label: label)
            let number = used[window, default: 0] + 1
            guard number <= limit.count else {
                guard case .failure(.attemptsUsed) = result else {
                    throw failure("\(number - 1) attempts of \(limit) were used, but one more got \(result)")
                }
                return nil
            }
            used[window] = number
            try require(try result.get().attempt?.number, is: number, "the number of an attempt in \(window)")
        }
        let started = try result.get()
        try require(started.attempt?.limit, is: limit, "the attempts of \(board)")
        try require(started.run.startedAt, is: start, "the start of a run for \(board)")
        try checkSeed(of: started, board)
        guard limit != nil, let key else { return started }
        let again = try await stage.instances[self.instance()].startRun(
            launchToken: token,
            board: board,
            key: key
        )
        try require(again.run, is: started.run, "a run for \(board) that is started once more")
        try require(again.attempt, is: started.attempt, "its attempt")
        try require(again.seed, is: started.seed, "its seed")
        return started
    }

    /// Makes sure that the runs of a window have one seed, and those of others have others.
    private mutating func checkSeed(of started: StartedRun, _ board: String) throws {
        guard let window = model.rules(of: board).seedWindow else {
            return try require(started.seed, is: nil, "the seed of \(board), which has none")
        }
        guard let label = model.label(window, on: board, at: started.run.startedAt), let seed = started.seed
        else {
            throw failure("a run of \(board) has no seed")
        }
        let name = "\(board) \(label)"
        try require(seed, is: seeds[name] ?? seed, "the seed of \(name)")
        try require(
            seeds.filter { $0.value == seed && $0.key != name },
            is: [:],
            "the windows with that seed"
        )
        seeds[name] = seed
    }

    // MARK: - Erasing

    /// Erases somebody, by which the runs go on all boards, and attempts stay used.
    mutating func erase() async throws {
        // The first player presses the button when chats meet.
        let players = Set(model.runs.map(\.player)).subtracting(model.banned).subtracting([1])
        guard let player = players.sorted().randomElement(using: &generator) else { return }
        let (before, id) = (model, PlayerID(rawValue: player))
        let administration = ensemble.administration
        // Of whom no run has counted yet, no command knows.
        var filter = PlayerFilter()
        filter.player = id
        guard try await !administration.players(filter, limit: 1).isEmpty else { return }
        model.erase(player)
        let audit = try await moderate("the erasure of \(player)", from: before.ranking, isRepeatable: false)
        {
            terms in
            try await administration.erase(id, terms: terms)
        }
        try require(audit == nil, is: false, "whether an erasure is not on record")
        let gone = Set(before.runs.filter { $0.player == player }.map(\.key))
        moderations.removeAll { moderation in
            switch moderation.kind {
            case .runs(let changes): changes.contains { gone.contains($0.run) }
            case .bans(let banned, _, _): banned == player
            }
        }
        // It is dated by the database's clock; from here on by that of the play.
        let (old, now) = (stage.launch(player, in: nil), stage.clock.now)
        erasedAt[player] = now
        try await stage.sql(
            """
            UPDATE erased_players SET erased_at = \(now)
            WHERE player_hash = sha256((SELECT key FROM erasure_key) || int8send(\(id)))
            """
        )
        stage.clock.advance(by: .seconds(1))
        let new = stage.launch(player, in: nil)
        try await until { [stage] in
            stage.instances.allSatisfy {
                $0.registry.isErased(since: old) && !$0.registry.isErased(since: new)
            }
        }
    }
}
