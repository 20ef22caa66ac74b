import JSON
import Leaderboards
import Postgres
import Storage

/// A run whose score is to be written, its token checked.
struct FinishedRun: Sendable {
    let run: Run
    let score: Score
    let metadata: [UInt8]?
    /// Leaderboards to report on beyond the first.
    let boards: [BoardKind]
}

/// All submissions of one game that one transaction writes.
///
/// Reading and locking come first, then every run is counted in memory in order of arrival, then all is written. The
/// order of locks is the same everywhere: game, chats, players, leaderboards, entries, deliveries.
struct SubmissionBatch: Sendable {
    let game: GameID
    let runs: [FinishedRun]
    let now: Instant

    /// Writes the batch in the session's transaction.
    ///
    /// - Parameter session: A transaction of its own.
    /// - Returns: An answer for each run in order.
    /// - Throws: `PostgresError`; after a conflict with another instance the batch can be written again.
    func write(in session: Session) throws(PostgresError) -> [Result<Receipt, Refusal>] {
        try session.lockGameShared(game)
        guard let game = try session.game(game) else {
            return runs.map { _ in .failure(.notFound("the game of this token no longer exists")) }
        }
        let logged = try session.loggedScores(of: runs.map(\.key), game: game.id)
        let banned = try session.banned(among: runs.map(\.run.launch.player), from: game)
        var admission = Admission(game: game, logged: logged, banned: banned, now: now)
        for run in runs { admission.admit(run) }
        if !admission.fresh.isEmpty {
            let ledger = try BatchLedger(admission.fresh, game: game, now: now, session: session)
            try ledger.write(in: session)
            for (run, receipt) in zip(admission.fresh, ledger.receipts) { admission.settle(run, receipt) }
        }
        return runs.map { admission.answer(to: $0) }
    }
}

extension FinishedRun {
    var key: RunKey { RunKey(launchedAt: run.launch.launchedAt, run: run.id) }
}

/// Which runs of a batch are written, and what the others are told.
private struct Admission {
    let game: Game
    let logged: [RunKey: LoggedScore]
    let banned: Set<PlayerID>
    let now: Instant
    private(set) var fresh: [FinishedRun] = []
    private var receipts: [RunKey: Receipt] = [:]
    private var refusals: [RunKey: Refusal] = [:]
    private var firstScores: [RunKey: Score] = [:]
    private var replayed: Set<RunKey> = []

    init(game: Game, logged: [RunKey: LoggedScore], banned: Set<PlayerID>, now: Instant) {
        self.game = game
        self.logged = logged
        self.banned = banned
        self.now = now
    }

    mutating func admit(_ run: FinishedRun) {
        let key = run.key
        if let earlier = logged[key] {
            firstScores[key] = earlier.score
            receipts[key] = earlier.receipt
        } else if firstScores[key] != nil {
            // The same run again within the batch: answered like any repetition, by the first.
            return
        } else if !game.isEnabled {
            refusals[key] = .gameDisabled
        } else if banned.contains(run.run.launch.player) {
            refusals[key] = .playerBanned
        } else {
            firstScores[key] = run.score
            fresh.append(run)
        }
    }

    mutating func settle(_ run: FinishedRun, _ receipt: Receipt) { receipts[run.key] = receipt }

    mutating func answer(to run: FinishedRun) -> Result<Receipt, Refusal> {
        let key = run.key
        if let refusal = refusals[key] { return .failure(refusal) }
        guard let receipt = receipts[key] else {
            return .failure(.internal("a run was neither written nor refused"))
        }
        guard firstScores[key] == run.score else { return .failure(.runAlreadyScored) }
        let isFirst = logged[key] == nil && replayed.insert(key).inserted
        return .success(isFirst ? receipt : receipt.replayed)
    }
}

extension LoggedScore {
    /// The answer that was given when the run was logged.
    fileprivate var receipt: Receipt {
        var places: [Receipt.Place] = []
        if let json = self.places, let value = try? JSON.parse(json.bytes) {
            places = value.elements.compactMap { Receipt.Place($0) }
        }
        return Receipt(
            outcome: Receipt.Outcome(rawValue: outcome) ?? .notBetter,
            run: run,
            score: Int64(score.value),
            best: best,
            previousBest: previousBest,
            places: places,
            reasons: reasons,
            isReplay: true
        )
    }
}

extension Receipt {
    /// The same figures, marked as a repetition.
    fileprivate var replayed: Receipt {
        Receipt(
            outcome: outcome,
            run: run,
            score: score,
            best: best,
            previousBest: previousBest,
            places: places,
            reasons: reasons,
            isReplay: true
        )
    }
}
