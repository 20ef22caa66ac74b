import Leaderboards
import Postgres
import Storage

extension RunBatch {
    /// Logs and answers the runs that better nothing.
    ///
    /// No leaderboard changes, so nobody else is kept waiting: an entry only ever gets better while others append or
    /// write, and what does not better the entry of now betters none that comes after it.
    ///
    /// - Throws: `PostgresError`; after a conflict with another transaction the batch can be appended again.
    func append(in session: Session) throws(PostgresError) -> Ending<Answers> {
        let (aliases, ids) = (aliases, games)
        // The epochs first: what is read after them is of these or later ones.
        let (_, epochs, games, barred, found) = try session.run(
            .gamesLock(ids),
            .gameEpochsGet(of: ids),
            .gamesGet(ids),
            .playersBarred(among: runs.map(\.player), from: game, of: bot),
            .playChatsGet(aliases, bot: bot)
        )
        let known = Dictionary(uniqueKeysWithValues: games.map { ($0.id, $0) })
        if let obstacle = Self.obstacle(to: known[game]) { return answers(.failure(obstacle)) }
        let chats = chats(aliases, found)
        for game in games {
            if let epoch = epochs[game.id] { memory.learn(game, game.isMain ? chats : [:], at: epoch) }
        }
        guard let root = known[game], root.takesAppendedRuns else { return answers(.success(nil)) }
        // Only the log knows whether a run that would be refused was taken before.
        let (decisions, new) = decide(in: root, boards: known, barred: barred) { run in
            !run.canBeAppended(to: known) || barred.refusal(of: run.launch) != nil
                || run.alias.map { chats[$0] == nil } ?? false
        }
        let lines = try lines(of: new, on: known, chats: chats) {
            naming,
            start,
            chat throws(PostgresError) in try naming.narrowest(at: start, in: chat)
        }
        guard !lines.isEmpty else { return answers(.success(nil)) }
        var receipts = [Receipt?](repeating: nil, count: lines.count)
        for (board, own) in Dictionary(grouping: lines.indices, by: { lines[$0].game.id }) {
            guard let game = known[board] else { continue }
            let read = try self.receipts(of: own.map { lines[$0] }, on: game, at: epochs[board], session)
            for (index, receipt) in zip(own, read) { receipts[index] = receipt }
        }
        var settled: [LoggedRun] = []
        var notes: [GameID: [ReviewNote]] = [:]
        let answered = each(of: new, with: lines) { run, lines -> Receipt? in
            let own = receipts[lines.indices].compactMap(\.self)
            guard own.count == lines.count else { return nil }
            let (answer, logged) = settle(run, lines, own)
            settled.append(logged)
            for line in lines {
                if let note = line.review(acceptedAt: now) { notes[line.game.id, default: []].append(note) }
            }
            return answer
        }
        guard !settled.isEmpty else { return answers(.success(nil)) }
        let insertion = Statement.scoresInsertNew(settled, game: game)
        return Ending([insertion.query] + notes.map { Query.reviewsInsert($1, game: $0) }) {
            rows throws(PostgresError) in
            let written = try insertion.decode(rows[0])
            // What was logged before is answered by the log.
            return answers(decisions, answered.map { $0.flatMap { written.contains($0.run) ? $0 : nil } })
        }
    }

    /// What runs come to on one board, by what the database has of it.
    ///
    /// - Returns: Nil for those that change something.
    private func receipts(
        of lines: [BatchLine],
        on game: Game,
        at epoch: GameEpoch?,
        _ session: Session
    ) throws(PostgresError) -> [Receipt?] {
        let shown = Set(lines.flatMap { $0.reported.map(\.board) }).map { name in
            (name: name, version: memory.board(name, of: game.id)?.versionOfEntries)
        }
        let (entries, positions, orders) = try session.run(
            .entriesGet(lines.flatMap(\.countedKeys), game: game.id),
            .positionsGet(lines.flatMap(\.reportedKeys), game: game.id),
            .entriesList(memory.isOff ? [] : shown, atMost: KnownBoard.longest, game: game.id)
        )
        for (name, board) in orders {
            memory.learn(KnownBoard(board.state, board.entries), name, of: game.id)
        }
        var (entry, position) = (0, 0)
        var bounds: [(entry: EntryKey, scoreKey: Int64)] = []
        defer { if let epoch { memory.learn(bounds, at: epoch) } }
        return lines.map { line in
            let narrowest = entries[entry..<entry + line.counted.count]
            let reported = positions[position..<position + line.reported.count]
            entry = narrowest.endIndex
            position = reported.endIndex
            for (name, found) in zip(line.counted, narrowest) {
                guard let state = found.board else { continue }
                memory.learn(KnownBoard(state), name, of: game.id)
                if let best = found.entry?.sortKey {
                    bounds.append((EntryKey(board: state.id, player: best.player), best.scoreKey))
                }
            }
            guard line.betters(noneOf: narrowest, game.rules) else { return nil }
            let current = reported.first?.entry
            return Receipt(
                line,
                before: current,
                after: current,
                placements: reported.map { BoardHistory.Placement($0) },
                rules: game.rules
            )
        }
    }
}

extension FinishedRun {
    /// Whether the run can be appended to the logs, as far as its boards' rules say.
    ///
    /// - Parameter games: The boards that are known, with the game.
    func canBeAppended(to games: [GameID: Game]) -> Bool {
        // Whoever refuses a run asks the log first, and a board that is to be made anew keeps it waiting.
        boards.allSatisfy { games[$0]?.rules.canAppend ?? false } && refusal(by: games) == nil
    }
}

extension Game {
    /// Whether runs can be appended to the game's own log, which has a row of each.
    var takesAppendedRuns: Bool { isEnabled && !isStale }
}

extension BatchLine {
    /// Whether the run changes nothing.
    ///
    /// - Parameter entries: The player's entries on the leaderboards where the run counts.
    fileprivate func betters(noneOf entries: ArraySlice<BoardEntry>, _ rules: GameRules) -> Bool {
        let scoreKey = rules.scoreKey(for: Int64(score.value))
        return entries.allSatisfy { found in found.entry.map { scoreKey >= $0.sortKey.scoreKey } ?? false }
    }
}

extension BoardHistory.Placement {
    /// A place that a run leaves as it is.
    fileprivate init(_ position: Position) {
        let rank = position.entry == nil ? nil : position.countBefore + 1
        self.init(
            rank: rank,
            previousRank: rank,
            total: position.board?.total ?? 0,
            above: position.above
        )
    }
}

extension GameRules {
    /// Whether runs can be appended without the game's lock: not where every run changes an entry, and not where the
    /// runs of a player are counted by the hour, which must be done one after another.
    var canAppend: Bool { keep == .best && bounds.maximumPerHour == nil }
}
