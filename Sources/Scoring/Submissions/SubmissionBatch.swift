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
/// The game is locked first, so that batches of a game follow one another over all instances; then what the runs
/// concern is read, every run is counted in memory in order of arrival, and all is written. A batch in which nobody
/// got better takes three round trips.
struct SubmissionBatch: Sendable {
    let game: GameID
    let bot: BotID
    let runs: [FinishedRun]
    let now: Instant

    /// Writes the batch in the session's transaction and commits it.
    ///
    /// - Parameter session: A transaction of its own.
    /// - Returns: An answer for each run in order.
    /// - Throws: `PostgresError`; after a conflict with another transaction the batch can be written again.
    func write(in session: Session) throws(PostgresError) -> [Result<Receipt, Refusal>] {
        let aliases = Array(Set(runs.compactMap(\.alias)))
        let (_, game, logged, banned, chats) = try session.run(
            .lockGame(game),
            .game(game),
            .loggedScores(of: runs.map(\.key), game: game),
            .banned(among: runs.map(\.run.launch.player), from: game, of: bot),
            .playChats(aliases, bot: bot)
        )
        guard let game else {
            return runs.map { _ in .failure(.notFound("the game of this token no longer exists")) }
        }
        // Its leaderboards are about to be made anew; whoever repeats the run then is counted.
        guard !game.isStale else { return runs.map { _ in .failure(.databaseUnavailable) } }
        var admission = Admission(game: game, logged: logged, banned: banned, now: now)
        for run in runs { admission.admit(run) }
        if !admission.fresh.isEmpty {
            let chats = try resolve(aliases, chats, for: admission.fresh, session)
            var naming = BoardNaming(game.rules)
            var lines: [BatchLine] = []
            lines.reserveCapacity(admission.fresh.count)
            for run in admission.fresh {
                let chat = run.alias.flatMap { chats[$0] }
                lines.append(try BatchLine(run, chat: chat, game: game, now: now, naming: &naming))
            }
            let ledger = try BatchLedger(lines, game: game, now: now, session: session)
            let receipts = ledger.receipts
            try ledger.write(receipts, game: game, now: now, session: session)
            for (run, receipt) in zip(admission.fresh, receipts) { admission.settle(run, receipt) }
        }
        return runs.map { admission.answer(to: $0) }
    }

    /// The chats of runs, those that no press has told of yet included.
    private func resolve(
        _ aliases: [ChatAlias],
        _ known: [PlayChat?],
        for runs: [FinishedRun],
        _ session: Session
    ) throws(PostgresError) -> [ChatAlias: PlayChat] {
        var chats: [ChatAlias: PlayChat] = [:]
        for (alias, chat) in zip(aliases, known) { chats[alias] = chat }
        let missing = Array(Set(runs.compactMap(\.alias)).filter { chats[$0] == nil })
        guard !missing.isEmpty else { return chats }
        let resolved = try session.resolveChats(missing, bot: bot).map(\.chat)
        let zones = try session.zones(of: resolved)
        for (alias, chat) in zip(missing, resolved) { chats[alias] = PlayChat(id: chat, zone: zones[chat]) }
        return chats
    }
}

extension FinishedRun {
    var key: RunKey { RunKey(launchedAt: run.launch.launchedAt, run: run.id) }

    /// What the run's launch shows of its chat; nil without one.
    var alias: ChatAlias? {
        guard let instance = run.launch.chatInstance else { return nil }
        guard case .message(let chat, _) = run.launch.target else {
            return ChatAlias(instance: instance, address: nil)
        }
        return ChatAlias(instance: instance, address: chat)
    }
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
