import Leaderboards
import Storage

extension RunBatch {
    /// What becomes of a run, as far as leaderboards do not matter.
    enum Decision {
        /// The run is to be written: its number among those.
        case new(Int)
        /// The same run came earlier in the batch, under this number.
        case repetition(of: Int)
        /// It is answered without being written, by nothing where it is left to another transaction.
        case answered(Result<Receipt?, Refusal>)
    }

    /// Decides in order of arrival which runs are to be written.
    ///
    /// - Parameters:
    ///   - game: The game, whose own log has a row of every run.
    ///   - boards: The boards that runs feed, as far as they are there.
    ///   - logged: The runs that have a score already.
    ///   - postpones: Whether a run that is none of these is left to another transaction.
    func decide(
        in game: Game,
        boards: [GameID: Game] = [:],
        logged: [RunKey: LoggedScore] = [:],
        barred: BarredPlayers,
        postpones: (FinishedRun) -> Bool = { _ in false }
    ) -> (decisions: [Decision], new: [FinishedRun]) {
        var decisions: [Decision] = []
        decisions.reserveCapacity(runs.count)
        var new: [FinishedRun] = []
        new.reserveCapacity(runs.count)
        var firsts: [RunKey: Int] = [:]
        firsts.reserveCapacity(runs.count)
        for (number, run) in runs.enumerated() {
            let key = run.key
            if let earlier = logged[key] {
                decisions.append(.answered(earlier.answer(to: run)))
            } else if let first = firsts[key] {
                decisions.append(.repetition(of: first))
            } else if postpones(run) {
                decisions.append(.answered(.success(nil)))
            } else if let refusal = game.isEnabled
                ? barred.refusal(of: run.launch) ?? run.refusal(by: boards) : .gameDisabled
            {
                decisions.append(.answered(.failure(refusal)))
            } else {
                decisions.append(.new(new.count))
                firsts[key] = number
                new.append(run)
            }
        }
        return (decisions, new)
    }

    /// The answer to each run.
    ///
    /// - Parameter receipts: Those of the new runs; nil for what was left to another transaction.
    func answers(_ decisions: [Decision], _ receipts: [Receipt?]) -> Answers {
        var answers: Answers = []
        answers.reserveCapacity(runs.count)
        for (run, decision) in zip(runs, decisions) {
            switch decision {
            case .new(let number): answers.append(.success(receipts[number]))
            case .answered(let answer): answers.append(answer)
            case .repetition(let number):
                let (first, answer) = (runs[number], answers[number])
                answers.append(
                    answer.flatMap { receipt in
                        guard var receipt = receipt?.replayed else { return .success(nil) }
                        receipt.isNamed = run.isNamed
                        return run.repeats(player: first.player, scores: first.scores)
                            ? .success(receipt) : .failure(.runAlreadyScored)
                    }
                )
            }
        }
        return answers
    }
}

extension FinishedRun {
    /// Why the boards cannot be fed, if so.
    func refusal(by known: [GameID: Game]) -> Refusal? {
        guard !isOfMainAlone else { return nil }
        for (board, score) in zip(boards, scores) {
            guard let board = known[board] else { return .boardUnknown(score.board) }
            if board.isStale { return .databaseUnavailable }
            if board.rules.attempts != nil, startedFor != board.board { return .runRequired }
        }
        return nil
    }
}

extension BarredPlayers {
    /// Why a run of a launch is not taken, if so.
    func refusal(of launch: Launch) -> Refusal? {
        if banned.contains(launch.player) { return .playerBanned }
        return isErased(since: launch) ? .launchErased : nil
    }
}

extension LoggedScore {
    /// The answer to a run that comes again under the name of this one.
    func answer(to run: FinishedRun) -> Result<Receipt?, Refusal> {
        var receipt = Receipt(replaying: self)
        receipt.isNamed = run.isNamed
        let scores = receipt.results.map { BoardScore($0.board, $0.score) }
        return run.repeats(player: player, scores: scores) ? .success(receipt) : .failure(.runAlreadyScored)
    }
}
