import Leaderboards
import Postgres
import Storage

extension RunBatch {
    /// Logs and answers, in one round trip, the runs that by what is remembered better nothing.
    ///
    /// The statement that logs them looks whether what is remembered still holds, and leaves a run for which it does
    /// not. Whoever is banned has no entry, so that nobody is asked about who has one.
    ///
    /// - Throws: `PostgresError`; after a conflict with another transaction the batch can be confirmed again.
    func confirm(in _: Session) throws(PostgresError) -> Ending<Answers> {
        let ids = games
        let known = memory.games(ids)
        guard let (root, epoch) = known[game], root.takesAppendedRuns else {
            memory.count(hits: 0, misses: runs.count, failures: 0)
            return answers(.success(nil))
        }
        let games = known.mapValues(\.game)
        let chats = memory.chats(aliases, of: game, at: epoch)
        let (decisions, new) = decide(in: root, boards: games, barred: BarredPlayers()) { run in
            !run.canBeAppended(to: games) || (run.alias.map { chats[$0] == nil } ?? false)
        }
        let lines = try lines(of: new, on: games, chats: chats) {
            naming,
            start,
            chat throws(PostgresError) in try naming.narrowest(at: start, in: chat)
        }
        var proposals: [ProposedRun] = []
        let epochs = known.mapValues(\.epoch)
        // Who comes after a run that is left to others follows it.
        var left: [GameID: Set<BoardName>] = [:]
        let answered = each(of: new, with: lines) { run, lines -> Receipt? in
            let follows = lines.contains { line in
                left[line.game.id].map { !$0.isDisjoint(with: line.reported.lazy.map(\.board)) } ?? false
            }
            guard !follows, let (proposal, answer) = propose(run, lines, epochs) else {
                for line in lines {
                    left[line.game.id, default: []].formUnion(line.reported.lazy.map(\.board))
                }
                return nil
            }
            proposals.append(proposal)
            return answer
        }
        memory.count(hits: 0, misses: runs.count - proposals.count, failures: 0)
        guard !proposals.isEmpty else { return answers(.success(nil)) }
        let insertion = Statement.scoresInsertConfirmed(
            proposals,
            game: game,
            of: bot,
            epochs: epochs.map { ($0.key, $0.value) }
        )
        let proposed = proposals.count
        return Ending([Statement.gamesLock(ids).query, insertion.query]) {
            [memory] rows throws(PostgresError) in
            let written = try insertion.decode(rows[1])
            memory.count(hits: written.count, misses: 0, failures: proposed - written.count)
            for (game, epoch) in epochs { memory.learn(proposals.bounds(on: game, of: written), at: epoch) }
            return answers(decisions, answered.map { $0.flatMap { written.contains($0.run) ? $0 : nil } })
        }
    }

    /// What a run that betters nothing is answered by what is remembered, and on what that rests.
    ///
    /// - Parameter lines: What it scored on each board.
    /// - Returns: Nil where too little is remembered, and for a run that betters an entry of all time or is to be
    ///   reviewed.
    private func propose(
        _ run: FinishedRun,
        _ lines: ArraySlice<BatchLine>,
        _ epochs: [GameID: GameEpoch]
    ) -> (ProposedRun, Receipt)? {
        var receipts: [Receipt] = []
        var narrowest: [ProposedRun.Narrow] = []
        var reported: [ProposedRun.Reported] = []
        for line in lines {
            let (id, rules) = (line.game.id, line.game.rules)
            let scoreKey = rules.scoreKey(for: Int64(line.score.value))
            guard !line.verdict.isReviewed,
                let boards = line.reported.known({ memory.board($0.board, of: id) }),
                let places = boards.known({ $0.place(of: run.player) }), let first = places.first?.entry,
                !line.verdict.counts || scoreKey >= first.sortKey.scoreKey,
                let epoch = epochs[id], let narrow = line.counted.known({ memory.board($0, of: id)?.id })
            else { return nil }
            for board in narrow {
                let entry = EntryKey(board: board, player: run.player)
                if !memory.isNoBetter(scoreKey, than: entry, at: epoch) {
                    narrowest.append((id, board, scoreKey))
                }
            }
            reported += boards.map { (id, $0.id, $0.version) }
            receipts.append(
                Receipt(
                    line,
                    before: first,
                    after: first,
                    placements: places.map(\.placement),
                    rules: rules
                )
            )
        }
        let (answer, logged) = settle(run, lines, receipts)
        return (ProposedRun(run: logged, narrowest: narrowest, reported: reported), answer)
    }
}

extension [ProposedRun] {
    /// What the database confirmed of players' entries on the leaderboards of a game.
    fileprivate func bounds(on game: GameID, of written: Set<RunID>) -> [(entry: EntryKey, scoreKey: Int64)] {
        flatMap { proposal in
            guard written.contains(proposal.run.score.run) else {
                return [(entry: EntryKey, scoreKey: Int64)]()
            }
            return proposal.narrowest.compactMap { narrow in
                guard narrow.game == game else { return nil }
                return (EntryKey(board: narrow.board, player: proposal.run.score.player), narrow.scoreKey)
            }
        }
    }
}

extension Array {
    /// What is known of each element; nil unless something is of all.
    fileprivate func known<Value>(_ find: (Element) -> Value?) -> [Value]? {
        var found: [Value] = []
        found.reserveCapacity(count)
        for element in self {
            guard let value = find(element) else { return nil }
            found.append(value)
        }
        return found
    }
}
