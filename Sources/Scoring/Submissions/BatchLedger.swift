import Leaderboards
import OrderedCollections
import Postgres
import Storage

/// The leaderboards that a batch of new runs touches, from the first read to the answers.
///
/// Most runs better nothing, and the narrowest leaderboards alone tell which. Only for the others everything is read;
/// then they are counted in memory one after another, so that each answer shows the leaderboards as its run left them.
struct BatchLedger {
    private let game: Game
    private let now: Instant
    let lines: [BatchLine]
    /// What the transaction found.
    private var positions: [PositionKey: Position] = [:]
    private var boards: [BoardName: BoardState] = [:]
    /// The leaderboards of runs that may change something.
    private var ledgers: [BoardName: BoardLedger] = [:]
    private var steps: [[BoardName: Int]]
    private var figures: [BoardName: [BoardLedger.Figures]] = [:]

    /// Reads what the runs touch and counts them one after another.
    ///
    /// - Parameters:
    ///   - lines: Runs that are to be written, in order of arrival.
    ///   - game: Their game, locked.
    ///   - now: The moment of acceptance.
    ///   - session: The transaction.
    /// - Throws: `PostgresError`.
    init(_ lines: [BatchLine], game: Game, now: Instant, session: Session) throws(PostgresError) {
        self.game = game
        self.now = now
        self.lines = lines
        steps = Array(repeating: [:], count: lines.count)
        try readPositions(session, lines) { line in (line.reported.map(\.board), line.guards) }
        let promising = lines.indices.filter { isPromising(lines[$0]) }
        guard !promising.isEmpty else { return }
        let candidates = promising.map { lines[$0] }
        try readPositions(session, candidates) { line in ([], line.counted) }
        try makeBoards(candidates, session)
        count(promising: Set(promising))
        try readFigures(session)
    }

    /// The boards that change, with their state before.
    var changes: [(board: BoardName, state: BoardState, ledger: BoardLedger)] {
        ledgers.compactMap { name, ledger in
            guard let state = boards[name], ledger.isChanged else { return nil }
            return (name, state, ledger)
        }
    }

    /// Players who have no entry anywhere yet, of whom the database may not know.
    var newPlayers: Set<PlayerID> {
        guard let global = ledgers[BoardName(chat: nil)] else { return [] }
        return Set(global.moves.filter { $0.before == nil }.map(\.after.standing.player))
    }

    /// The answers to the runs in order.
    var receipts: [Receipt] { lines.indices.map(receipt) }

    // MARK: - Reading

    private mutating func readPositions(
        _ session: Session,
        _ lines: [BatchLine],
        names: (BatchLine) -> (withFigures: [BoardName], without: [BoardName])
    ) throws(PostgresError) {
        var wanted: OrderedDictionary<PositionKey, Bool> = [:]
        for line in lines {
            let (withFigures, without) = names(line)
            for board in withFigures { wanted[PositionKey(board: board, player: line.player)] = true }
            for board in without {
                let key = PositionKey(board: board, player: line.player)
                if positions[key] == nil, wanted[key] == nil { wanted[key] = false }
            }
        }
        guard !wanted.isEmpty else { return }
        let keys = wanted.map { ($0.key, wantsFigures: $0.value) }
        for (key, position) in zip(wanted.keys, try session.run(.positions(keys, game: game.id))) {
            positions[key] = position
            boards[key.board] = position.board
        }
    }

    private func isPromising(_ line: BatchLine) -> Bool {
        guard line.reasons.isEmpty else { return false }
        guard game.rules.keep == .best else { return true }
        let sortKey = game.rules.sortKey(for: Int64(line.run.score.value))
        return line.guards.contains { board in
            guard let entry = entry(of: line.player, on: board) else { return true }
            return sortKey < entry.standing.sortKey
        }
    }

    private func entry(of player: PlayerID, on board: BoardName) -> Entry? {
        positions[PositionKey(board: board, player: player)]?.entry
    }

    private mutating func makeBoards(_ lines: [BatchLine], _ session: Session) throws(PostgresError) {
        var missing: OrderedSet<BoardName> = []
        for line in lines {
            for board in line.counted where boards[board] == nil { missing.append(board) }
        }
        for (name, id) in try session.insertBoards(Array(missing), game: game.id) {
            boards[name] = BoardState(id: id, total: 0, isCounted: false)
        }
    }

    private mutating func readFigures(_ session: Session) throws(PostgresError) {
        let reported = Set(lines.flatMap { $0.reported.map(\.board) })
        let changed = changes.filter { reported.contains($0.board) }
        guard !changed.isEmpty else { return }
        let probes = changed.flatMap { change in
            change.ledger.probes.map { Probe(board: change.state.id, standing: $0) }
        }
        let insiders = changed.flatMap { change in
            change.ledger.players.map { EntryKey(board: change.state.id, player: $0) }
        }
        let (counts, above) = try session.run(
            .countBefore(probes, game: game.id),
            .entriesAbove(probes, passingOver: insiders, game: game.id)
        )
        var countsByBoard: [BoardID: [Standing: Int]] = [:]
        var aboveByBoard: [BoardID: [Standing: Standing]] = [:]
        for (index, probe) in probes.enumerated() {
            countsByBoard[probe.board, default: [:]][probe.standing] = counts[index]
            aboveByBoard[probe.board, default: [:]][probe.standing] = above[index]
        }
        for change in changed {
            figures[change.board] = change.ledger.figures(
                on: BoardLedger.Background(
                    countBefore: countsByBoard[change.state.id] ?? [:],
                    neighbourAbove: aboveByBoard[change.state.id] ?? [:],
                    total: change.state.total
                )
            )
        }
    }

    // MARK: - Counting

    private mutating func count(promising: Set<Int>) {
        var known: [BoardName: [PlayerID: Entry]] = [:]
        for (key, position) in positions { known[key.board, default: [:]][key.player] = position.entry }
        let (rules, now) = (game.rules, now)
        for (index, line) in lines.enumerated() {
            let isPromising = promising.contains(index)
            for board in isPromising ? line.counted : line.reported.map(\.board) {
                // Asked about twice, a leaderboard still counts the run once.
                guard steps[index][board] == nil else { continue }
                steps[index][board] = ledgers[board, default: BoardLedger(entries: known[board] ?? [:])]
                    .apply(for: line.player) { entry in
                        guard isPromising else { return entry }
                        return rules.entry(
                            after: entry,
                            score: line.run.score,
                            acceptedAt: now,
                            player: line.player,
                            run: line.run.run.id
                        )
                    }
            }
        }
    }

    // MARK: - Answers

    private func receipt(_ index: Int) -> Receipt {
        let line = lines[index]
        let places = line.reported.map { place(index, kind: $0.kind, board: $0.board) }
        let first = line.reported[0].board
        let step = steps[index][first].flatMap { ledgers[first]?[$0] }
        let standing = entry(of: line.player, on: first)
        let (before, after) = step.map { ($0.before, $0.after) } ?? (standing, standing)
        let score = { (entry: Entry?) in entry.map { game.rules.score(ofSortKey: $0.standing.sortKey) } }
        return Receipt(
            outcome: outcome(line, before: before, after: after),
            run: line.run.run.id,
            score: Int64(line.run.score.value),
            best: score(after),
            previousBest: score(before),
            places: places,
            reasons: line.reasons,
            isReplay: false
        )
    }

    private func outcome(_ line: BatchLine, before: Entry?, after: Entry?) -> Receipt.Outcome {
        guard line.reasons.isEmpty else { return .refused }
        guard before != after, let after else { return .notBetter }
        guard let before else { return .newBest }
        return after.standing.sortKey < before.standing.sortKey ? .newBest : .updated
    }

    private func place(_ index: Int, kind: BoardKind, board: BoardName) -> Receipt.Place {
        if let step = steps[index][board], let figures = figures[board]?[step] {
            return place(
                kind,
                rank: figures.rank,
                previousRank: figures.previousRank,
                total: figures.total,
                above: figures.above
            )
        }
        let position = positions[PositionKey(board: board, player: lines[index].player)]
        let rank = position?.entry == nil ? nil : position.map { $0.countBefore + 1 }
        return place(
            kind,
            rank: rank,
            previousRank: rank,
            total: position?.board?.total ?? 0,
            above: position?.above
        )
    }

    private func place(
        _ kind: BoardKind,
        rank: Int?,
        previousRank: Int?,
        total: Int,
        above: Standing?
    ) -> Receipt.Place {
        Receipt.Place(
            board: kind,
            rank: rank,
            previousRank: previousRank,
            entries: total,
            next: above.flatMap { above in
                rank.map { .init(rank: $0 - 1, score: game.rules.score(ofSortKey: above.sortKey)) }
            }
        )
    }
}
