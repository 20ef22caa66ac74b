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
        guard let (game, epoch) = memory.game(game), game.isEnabled, !game.isStale, game.rules.canAppend
        else {
            memory.count(hits: 0, misses: runs.count, failures: 0)
            return answers(.success(nil))
        }
        let chats = memory.chats(aliases, of: game.id, at: epoch)
        let (decisions, new) = decide(in: game, barred: BarredPlayers()) { run in
            !run.isOfMainAlone || (run.alias.map { chats[$0] == nil } ?? false)
        }
        let lines = try lines(of: new, on: [game.id: game], chats: chats) {
            naming,
            start,
            chat throws(PostgresError) in try naming.narrowest(at: start, in: chat)
        }
        var proposals: [ProposedScore] = []
        // Who comes after a run that is left to others follows it.
        var left: Set<BoardName> = []
        let receipts = lines.map { line -> Receipt? in
            guard left.isDisjoint(with: line.reported.lazy.map(\.board)),
                let (receipt, boards) = receipt(line, game.rules),
                let narrowest = line.counted.known({ memory.board($0, of: game.id)?.id })
            else {
                left.formUnion(line.reported.lazy.map(\.board))
                return nil
            }
            proposals.append(
                ProposedScore(
                    score: line.logged(as: receipt, answer: receipt, acceptedAt: now),
                    scoreKey: game.rules.scoreKey(for: Int64(line.score.value)),
                    narrowest: narrowest,
                    reported: boards.map { ($0.id, $0.version) }
                )
            )
            return receipt
        }
        memory.count(hits: 0, misses: runs.count - proposals.count, failures: 0)
        guard !proposals.isEmpty else { return answers(.success(nil)) }
        let insertion = Statement.scoresInsertConfirmed(
            proposals,
            game: game.id,
            of: game.bot,
            epoch: epoch
        )
        let lock = Statement.gameLock(game.id, isShared: true)
        let proposed = proposals.count
        return Ending([lock.query, insertion.query]) { [memory] rows throws(PostgresError) in
            let written = try insertion.decode(rows[1])
            memory.count(hits: written.count, misses: 0, failures: proposed - written.count)
            return answers(decisions, receipts.map { $0.flatMap { written.contains($0.run) ? $0 : nil } })
        }
    }

    /// What a run that betters nothing is answered by what is remembered, and the leaderboards on which that rests.
    ///
    /// - Returns: Nil where too little is remembered, and for a run that betters the entry of all time or is to be
    ///   reviewed.
    private func receipt(_ line: BatchLine, _ rules: GameRules) -> (Receipt, [KnownBoard])? {
        guard !line.verdict.isReviewed,
            let boards = line.reported.known({ memory.board($0.board, of: game) }),
            let places = boards.known({ $0.place(of: line.run.player) }), let first = places.first?.entry,
            !line.verdict.counts
                || rules.scoreKey(for: Int64(line.score.value)) >= first.sortKey.scoreKey
        else { return nil }
        let receipt = Receipt(
            line,
            before: first,
            after: first,
            placements: places.map(\.placement),
            rules: rules
        )
        return (receipt, boards)
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
