import Leaderboards
package import Postgres
import Storage

extension RunBatch {
    /// Writes the batch, whatever its runs do to leaderboards.
    ///
    /// The game's entries are locked first, so that batches follow one another over all instances; then what the runs
    /// concern is read, every run is counted in memory in order of arrival, and all is written.
    ///
    /// - Parameter session: A transaction of its own, which is committed.
    /// - Returns: An answer for each run in order.
    /// - Throws: `PostgresError`; after a conflict with another transaction the batch can be written again.
    package func count(in session: Session) throws(PostgresError) -> [Result<Receipt, Refusal>] {
        let aliases = aliases
        let (_, _, game, logged, barred, found) = try session.run(
            .keepGame(game),
            .lockEntries(of: game),
            .game(game),
            .loggedScores(of: runs.map(\.key), game: game),
            .barred(among: runs.map(\.run.launch.player), from: game, of: bot),
            .playChats(aliases, bot: bot)
        )
        if let obstacle = Self.obstacle(to: game) { return runs.map { _ in .failure(obstacle) } }
        guard let game else { return [] }
        var admission = Admission(game: game, logged: logged, barred: barred)
        for run in runs { admission.admit(run) }
        if !admission.fresh.isEmpty {
            let chats = try resolve(aliases, found, for: admission.fresh, session)
            var earlier = try earlierRuns(of: admission.fresh, game, session)
            var naming = BoardNaming(game.rules)
            var lines: [BatchLine] = []
            lines.reserveCapacity(admission.fresh.count)
            for run in admission.fresh {
                let chat = run.alias.flatMap { chats[$0] }
                let player = run.run.launch.player
                lines.append(
                    try BatchLine(
                        run,
                        chat: chat,
                        game: game,
                        now: now,
                        earlier: earlier[player, default: 0],
                        naming: &naming
                    )
                )
                earlier[player, default: 0] += 1
            }
            let ledger = try BatchLedger(lines, game: game, now: now, naming: naming, session: session)
            let receipts = ledger.receipts
            try ledger.write(receipts, session)
            for (run, receipt) in zip(admission.fresh, receipts) { admission.settle(run, receipt) }
        }
        return runs.map { admission.answer(to: $0) }
    }

    /// How many scores the players of runs submitted in the hour before; nobody counts where no rule asks for it.
    private func earlierRuns(
        of runs: [FinishedRun],
        _ game: Game,
        _ session: Session
    ) throws(PostgresError) -> [PlayerID: Int] {
        guard game.rules.bounds.maximumPerHour != nil else { return [:] }
        let players = Array(Set(runs.map(\.run.launch.player)))
        return try session.run(.loggedRuns(of: players, since: now + .seconds(-3600), game: game.id))
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
        _ = try session.resolveChats(missing, bot: bot)
        for (alias, chat) in zip(missing, try session.run(.playChats(missing, bot: bot))) {
            chats[alias] = chat
        }
        return chats
    }
}
