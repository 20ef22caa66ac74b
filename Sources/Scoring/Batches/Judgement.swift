import Leaderboards
import Storage

/// What becomes of each run of a batch, as far as leaderboards do not matter.
struct Judgement {
    private enum Decision {
        /// The run is to be written: its number among ``Judgement/newRuns``.
        case new(Int)
        /// The same run came earlier in the batch.
        case repetition(of: Int)
        case logged(LoggedScore)
        case refused(Refusal)
        case postponed
    }

    private let runs: [FinishedRun]
    private var decisions: [Decision] = []
    /// The runs to be written, in order of arrival.
    private(set) var newRuns: [FinishedRun] = []

    /// Decides in order of arrival.
    ///
    /// - Parameters:
    ///   - logged: The runs that have a score already.
    ///   - postpones: Whether a run that is none of these is left to another transaction.
    init(
        _ runs: [FinishedRun],
        of game: Game,
        logged: [RunKey: LoggedScore] = [:],
        barred: BarredPlayers,
        postpones: (FinishedRun) -> Bool = { _ in false }
    ) {
        self.runs = runs
        decisions.reserveCapacity(runs.count)
        newRuns.reserveCapacity(runs.count)
        var firsts: [RunKey: Int] = [:]
        firsts.reserveCapacity(runs.count)
        for run in runs {
            let key = run.key
            if let earlier = logged[key] {
                decisions.append(.logged(earlier))
            } else if let first = firsts[key] {
                decisions.append(.repetition(of: first))
            } else if postpones(run) {
                decisions.append(.postponed)
            } else if let refusal = game.isEnabled ? barred.refusal(of: run.launch) : .gameDisabled {
                decisions.append(.refused(refusal))
            } else {
                decisions.append(.new(newRuns.count))
                firsts[key] = newRuns.count
                newRuns.append(run)
            }
        }
    }

    /// The answer to each run of the batch.
    ///
    /// - Parameter receipts: Those of ``newRuns``; nil for what was left to another transaction.
    func answers(_ receipts: [Receipt?]) -> RunBatch.Answers {
        zip(runs, decisions).map { run, decision in
            switch decision {
            case .new(let number): return .success(receipts[number])
            case .repetition(let number):
                guard let receipt = receipts[number] else { return .success(nil) }
                let first = newRuns[number]
                return run.repeats(player: first.player, score: first.score)
                    ? .success(receipt.replayed) : .failure(.runAlreadyScored)
            case .logged(let earlier): return earlier.answer(to: run)
            case .refused(let refusal): return .failure(refusal)
            case .postponed: return .success(nil)
            }
        }
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
        run.repeats(player: player, score: score)
            ? .success(Receipt(replaying: self)) : .failure(.runAlreadyScored)
    }
}
