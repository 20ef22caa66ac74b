import Leaderboards
import Postgres
import Storage

/// What the first look at a run found.
enum Screening: Sendable {
    /// The run is logged and changed no leaderboard.
    case settled(Receipt)
    /// The run may better something, or has been logged before.
    case promising
}

extension RunBatch {
    /// Logs and answers the runs that better nothing.
    ///
    /// No leaderboard changes, so nobody else is kept waiting: an entry only ever gets better while others screen or
    /// count, and what does not better the entry of now betters none that comes after it.
    ///
    /// - Parameter session: A transaction of its own, which is committed.
    /// - Returns: What was found of each run in order; nothing is written of those that are promising.
    /// - Throws: `PostgresError`; after a conflict with another transaction the batch can be screened again.
    func screen(in session: Session) throws(PostgresError) -> [Result<Screening, Refusal>] {
        let aliases = aliases
        let (_, game, barred, found) = try session.run(
            .keepGame(game),
            .game(game),
            .barred(among: runs.map(\.run.launch.player), from: game, of: bot),
            .playChats(aliases, bot: bot)
        )
        var results = [Result<Screening, Refusal>](repeating: .success(.promising), count: runs.count)
        if let obstacle = Self.obstacle(to: game) { return runs.map { _ in .failure(obstacle) } }
        guard let game, game.isEnabled, game.rules.canScreen else { return results }
        var chats: [ChatAlias: PlayChat] = [:]
        for (alias, chat) in zip(aliases, found) { chats[alias] = chat }
        var naming = BoardNaming(game.rules)
        var candidates: [Candidate] = []
        candidates.reserveCapacity(runs.count)
        var reported: [PositionKey] = []
        var narrowest: [PositionKey] = []
        var seen: Set<RunID> = []
        for (index, run) in runs.enumerated() where barred.refusal(of: run.run.launch) == nil {
            // Of the same run twice the second is a repetition, as it would be in another batch.
            guard seen.insert(run.run.id).inserted else { continue }
            let chat = run.alias.flatMap { chats[$0] }
            if run.alias != nil, chat == nil { continue }
            let line = try BatchLine(run, chat: chat, game: game, now: now, naming: &naming)
            let (firstReported, firstNarrow) = (reported.count, narrowest.count)
            reported += line.reported.map { PositionKey(board: $0.board, player: line.player) }
            if line.verdict.counts {
                narrowest += try naming.narrowest(at: line.start, in: chat)
                    .map { PositionKey(board: $0, player: line.player) }
            }
            candidates.append(
                Candidate(
                    index: index,
                    line: line,
                    reported: firstReported..<reported.count,
                    narrowest: firstNarrow..<narrowest.count
                )
            )
        }
        guard !candidates.isEmpty else { return results }
        let (entries, positions) = try session.run(
            .entries(at: narrowest, game: game.id),
            .positions(reported, game: game.id)
        )
        let settled = candidates.filter { $0.isSettled(entries[$0.narrowest], game.rules) }
            .map { ($0, $0.receipt(positions[$0.reported], game.rules)) }
        guard !settled.isEmpty else { return results }
        let insertion = Statement.insertNewScores(
            settled.map { $0.line.logged(as: $1, acceptedAt: now) },
            game: game.id
        )
        let notes = settled.compactMap { $0.0.line.review(acceptedAt: now) }
        let written: Set<RunID>
        if notes.isEmpty {
            written = try session.commit(after: insertion)
        } else {
            written = try session.run(insertion)
            try session.commit(after: [.insertReviews(notes, game: game.id)])
        }
        for (candidate, receipt) in settled where written.contains(receipt.run) {
            results[candidate.index] = .success(.settled(receipt))
        }
        return results
    }
}

/// A run on its way through a screening.
private struct Candidate {
    let index: Int
    let line: BatchLine
    /// Where its positions are among those asked for.
    let reported: Range<Int>
    /// Where its entries on the narrowest leaderboards are; none for a run that does not count.
    let narrowest: Range<Int>

    /// Whether the run changes nothing.
    func isSettled(_ entries: ArraySlice<BoardEntry>, _ rules: GameRules) -> Bool {
        let scoreKey = rules.scoreKey(for: Int64(line.run.score.value))
        return entries.allSatisfy { found in found.entry.map { scoreKey >= $0.sortKey.scoreKey } ?? false }
    }

    /// The answer to a run that changes nothing.
    func receipt(_ positions: ArraySlice<Position>, _ rules: GameRules) -> Receipt {
        let best = positions.first?.entry.map { rules.score(ofScoreKey: $0.sortKey.scoreKey) }
        return Receipt(
            outcome: line.outcome(.notBetter),
            run: line.run.run.id,
            score: Int64(line.run.score.value),
            best: best,
            previousBest: best,
            places: zip(line.reported, positions).map { reported, position in
                let rank = position.entry == nil ? nil : position.countBefore + 1
                return Receipt.Place(
                    board: reported.kind,
                    rank: rank,
                    previousRank: rank,
                    total: position.board?.total ?? 0,
                    above: position.above,
                    rules: rules
                )
            },
            reasons: line.verdict.reasons,
            shadow: line.shadow,
            isReplay: false
        )
    }
}

extension GameRules {
    /// Whether runs can be screened before they are counted: not where every run counts, and not where the runs of a
    /// player are counted by the hour, which must be done one after another.
    var canScreen: Bool { keep == .best && bounds.maximumPerHour == nil }
}
