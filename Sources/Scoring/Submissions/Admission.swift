import JSON
package import Leaderboards
import Postgres
package import Storage

/// Which runs of a batch are written, and what the others are told.
struct Admission {
    let game: Game
    let logged: [RunKey: LoggedScore]
    let barred: BarredPlayers
    /// The runs that are new, in order of arrival.
    private(set) var fresh: [FinishedRun] = []
    private var receipts: [RunKey: Receipt] = [:]
    private var refusals: [RunKey: Refusal] = [:]
    private var firsts: [RunKey: Claim] = [:]
    private var replayed: Set<RunKey> = []

    /// What a submission says, by which the same run again is told from another one under its name.
    ///
    /// Servers name their runs themselves, and may use a name for two players.
    fileprivate struct Claim: Equatable {
        let player: PlayerID
        let score: Score
    }

    init(game: Game, logged: [RunKey: LoggedScore], barred: BarredPlayers) {
        self.game = game
        self.logged = logged
        self.barred = barred
    }

    /// Decides about one more run.
    mutating func admit(_ run: FinishedRun) {
        let key = run.key
        if let earlier = logged[key] {
            firsts[key] = Claim(player: earlier.player, score: earlier.score)
            receipts[key] = earlier.receipt
        } else if firsts[key] != nil {
            // The same run again within the batch: answered like any repetition, by the first.
            return
        } else if !game.isEnabled {
            refusals[key] = .gameDisabled
        } else if let refusal = barred.refusal(of: run.run.launch) {
            refusals[key] = refusal
        } else {
            firsts[key] = Claim(run)
            fresh.append(run)
        }
    }

    /// Notes the answer to a run that was new.
    mutating func settle(_ run: FinishedRun, _ receipt: Receipt) { receipts[run.key] = receipt }

    /// The answer to a run, each asked for once in order of arrival: the first of the same runs is no repetition.
    mutating func answer(to run: FinishedRun) -> Result<Receipt, Refusal> {
        let key = run.key
        if let refusal = refusals[key] { return .failure(refusal) }
        guard let receipt = receipts[key] else {
            return .failure(.internal("a run was neither written nor refused"))
        }
        guard firsts[key] == Claim(run) else { return .failure(.runAlreadyScored) }
        let isFirst = logged[key] == nil && replayed.insert(key).inserted
        return .success(isFirst ? receipt : receipt.replayed)
    }
}

extension BarredPlayers {
    /// Why a run of a launch is not taken, if so.
    package func refusal(of launch: Launch) -> Refusal? {
        if banned.contains(launch.player) { return .playerBanned }
        return isErased(since: launch) ? .launchErased : nil
    }
}

extension Admission.Claim {
    fileprivate init(_ run: FinishedRun) {
        self.init(player: run.run.launch.player, score: run.score)
    }
}

extension LoggedScore {
    /// The answer to a run that comes again under the name of this one.
    func answer(to run: FinishedRun) -> Result<Receipt, Refusal> {
        let isSame = Admission.Claim(player: player, score: score) == Admission.Claim(run)
        return isSame ? .success(receipt) : .failure(.runAlreadyScored)
    }

    /// The answer that was given when the run was logged.
    fileprivate var receipt: Receipt {
        let figures = answer.flatMap { try? JSON.parse($0.bytes) }
        return Receipt(
            outcome: Receipt.Outcome(outcome),
            run: run,
            score: Int64(score.value),
            best: figures?["best"]?.int64,
            previousBest: figures?["previous_best"]?.int64,
            places: figures?["boards"]?.elements.compactMap { Receipt.Place($0) } ?? [],
            reasons: reasons,
            isReplay: true
        )
    }
}
