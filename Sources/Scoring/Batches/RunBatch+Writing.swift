import Leaderboards
package import Postgres
import Storage

extension RunBatch {
    /// Writes the batch, whatever its runs do to leaderboards.
    ///
    /// The game's entries are locked first, so that batches follow one another over all instances; then what the runs
    /// concern is read, every run is judged and placed in memory in order of arrival, and all is written.
    ///
    /// - Throws: `PostgresError`; after a conflict with another transaction the batch can be written again.
    package func write(in session: Session) throws(PostgresError) -> Ending<Answers> {
        let aliases = aliases
        let (_, _, game, logged, barred, found) = try session.run(
            .gameLock(game, isShared: true),
            .entriesLock(of: game),
            .gameGet(game),
            .scoresGet(of: runs.map(\.key), game: game),
            .playersBarred(among: runs.map(\.player), from: game, of: bot),
            .playChatsGet(aliases, bot: bot)
        )
        if let obstacle = Self.obstacle(to: game) { return answers(.failure(obstacle)) }
        guard let game else { return Ending([]) }
        let (decisions, new) = decide(in: game, logged: logged, barred: barred)
        guard !new.isEmpty else { return Ending(answers(decisions, [])) }
        var chats = chats(aliases, found)
        try resolve(Set(new.compactMap(\.alias)).filter { chats[$0] == nil }, &chats, session)
        let earlier = try earlierRuns(of: new, game, session)
        let lines = try lines(of: new, of: game, chats: chats, earlier: earlier) {
            naming,
            start,
            chat throws(PostgresError) in try naming.all(at: start, in: chat)
        }
        let boards = try BatchBoards(lines, game: game, now: now, memory: memory, session)
        let receipts = boards.receipts
        let changes = boards.changes
        return Ending(try boards.write(receipts, changes, session)) { _ in
            memory.follow(changes, of: game.id)
            return answers(decisions, receipts)
        }
    }

    /// How many scores the players of runs submitted in the hour before; not looked up where no rule asks for it.
    private func earlierRuns(
        of runs: [FinishedRun],
        _ game: Game,
        _ session: Session
    ) throws(PostgresError) -> [PlayerID: Int] {
        guard game.rules.bounds.maximumPerHour != nil else { return [:] }
        let players = Array(Set(runs.map(\.player)))
        return try session.run(.runsCount(of: players, since: now + .seconds(-3600), game: game.id))
    }

    /// Makes or finds the chats that no press has told of yet.
    private func resolve(
        _ missing: Set<ChatAlias>,
        _ chats: inout [ChatAlias: PlayChat],
        _ session: Session
    ) throws(PostgresError) {
        guard !missing.isEmpty else { return }
        let missing = Array(missing)
        _ = try session.chatsResolve(missing, bot: bot)
        chats.merge(self.chats(missing, try session.run(.playChatsGet(missing, bot: bot)))) { $1 }
    }
}
