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
        let (aliases, ids) = (aliases, games)
        let (_, _, found, logged, barred, chatsFound) = try session.run(
            .gamesLock(ids),
            .entriesLock(of: ids),
            .gamesGet(ids),
            .scoresGet(of: runs.map(\.key), game: game),
            .playersBarred(among: runs.map(\.player), from: game, of: bot),
            .playChatsGet(aliases, bot: bot)
        )
        let games = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
        if let obstacle = Self.obstacle(to: games[game]) { return answers(.failure(obstacle)) }
        guard let root = games[game] else { return Ending([]) }
        let (decisions, new) = decide(in: root, boards: games, logged: logged, barred: barred)
        guard !new.isEmpty else { return Ending(answers(decisions, [])) }
        var chats = chats(aliases, chatsFound)
        try resolve(Set(new.compactMap(\.alias)).filter { chats[$0] == nil }, &chats, session)
        let earlier = try earlierRuns(of: new, root, session)
        let lines = try lines(of: new, on: games, chats: chats, earlier: earlier) {
            naming,
            start,
            chat throws(PostgresError) in try naming.all(at: start, in: chat)
        }
        var receipts = [Receipt?](repeating: nil, count: lines.count)
        var queries: [Query] = []
        var changes: [(game: GameID, changes: [BatchBoards.Change])] = []
        let linesOf = Dictionary(grouping: lines.indices) { lines[$0].game.id }
        for board in ids {
            guard let game = games[board], let own = linesOf[board] else { continue }
            let boards = try BatchBoards(own.map { lines[$0] }, game: game, now: now, memory: memory, session)
            for (index, receipt) in zip(own, boards.receipts) { receipts[index] = receipt }
            changes.append((board, boards.changes))
            queries += try boards.write(changes[changes.count - 1].changes, session)
        }
        var notes: [GameID: [ReviewNote]] = [:]
        for line in lines {
            if let note = line.review(acceptedAt: now) { notes[line.game.id, default: []].append(note) }
        }
        var settled: [LoggedRun] = []
        let answered = each(of: new, with: lines) { run, lines -> Receipt? in
            let (answer, rows) = settle(run, lines, receipts[lines.indices].compactMap(\.self))
            settled.append(rows)
            return answer
        }
        queries.append(.scoresInsert(settled, game: game))
        return Ending(queries + notes.map { Query.reviewsInsert($1, game: $0) }) { _ in
            for (game, changes) in changes { memory.follow(changes, of: game) }
            return answers(decisions, answered)
        }
    }

    /// How many scores the players of runs submitted in the hour before, to whichever boards; not looked up where no rule
    /// asks for it.
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
