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
        let aliases = aliases
        // The epoch first: what is read after it is of this one or a later one.
        let (_, epoch, game, barred, found) = try session.run(
            .gameLock(game, isShared: true),
            .gameEpochGet(of: game),
            .gameGet(game),
            .playersBarred(among: runs.map(\.player), from: game, of: bot),
            .playChatsGet(aliases, bot: bot)
        )
        if let obstacle = Self.obstacle(to: game) { return answers(.failure(obstacle)) }
        guard let game, game.isEnabled, game.rules.canAppend else { return answers(.success(nil)) }
        let chats = chats(aliases, found)
        if let epoch { memory.learn(game, chats, at: epoch) }
        // Only the log knows whether a run that would be refused was taken before.
        let (decisions, new) = decide(in: game, barred: barred) { run in
            !run.isOfMainAlone || barred.refusal(of: run.launch) != nil
                || run.alias.map { chats[$0] == nil } ?? false
        }
        let lines = try lines(of: new, on: [game.id: game], chats: chats) {
            naming,
            start,
            chat throws(PostgresError) in try naming.narrowest(at: start, in: chat)
        }
        guard !lines.isEmpty else { return answers(.success(nil)) }
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
        var receipts = [Receipt?](repeating: nil, count: lines.count)
        var (entry, position) = (0, 0)
        for (number, line) in lines.enumerated() {
            let narrowest = entries[entry..<entry + line.counted.count]
            let reported = positions[position..<position + line.reported.count]
            entry = narrowest.endIndex
            position = reported.endIndex
            for (name, found) in zip(line.counted, narrowest) {
                if let state = found.board { memory.learn(KnownBoard(state), name, of: game.id) }
            }
            guard line.betters(noneOf: narrowest, game.rules) else { continue }
            let current = reported.first?.entry
            receipts[number] = Receipt(
                line,
                before: current,
                after: current,
                placements: reported.map { BoardHistory.Placement($0) },
                rules: game.rules
            )
        }
        let settled = zip(lines, receipts).compactMap { line, receipt in receipt.map { (line, $0) } }
        guard !settled.isEmpty else { return answers(.success(nil)) }
        let insertion = Statement.scoresInsertNew(
            settled.map { $0.0.logged(as: $0.1, answer: $0.1, acceptedAt: now) },
            game: game.id
        )
        let notes = settled.compactMap { $0.0.review(acceptedAt: now) }
        let queries = notes.isEmpty ? [] : [Query.reviewsInsert(notes, game: game.id)]
        return Ending([insertion.query] + queries) { rows throws(PostgresError) in
            let written = try insertion.decode(rows[0])
            // What was logged before is answered by the log.
            return answers(decisions, receipts.map { $0.flatMap { written.contains($0.run) ? $0 : nil } })
        }
    }
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
