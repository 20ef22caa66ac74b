import Leaderboards
import Postgres
import Storage

/// The leaderboards that a batch of new runs touches, from the first read to the answers.
///
/// All is read at once; then the runs are counted in memory one after another, so that each answer shows the
/// leaderboards as its run left them.
struct BatchLedger {
    /// A leaderboard on its way through the batch.
    struct Board {
        let name: BoardName
        /// As the transaction found it; nil until it is made.
        var state: BoardState?
        var entries: [PlayerID: Entry] = [:]
        var ledger = BoardLedger(entries: [:])
        /// What answers say of each step; empty where none says anything.
        var figures: [BoardLedger.Figures] = []
        var isReported = false
    }

    /// A step that a run took on a leaderboard.
    private struct Step {
        let board: Int
        let number: Int
    }

    let game: Game
    let now: Instant
    let lines: [BatchLine]
    private(set) var boards: [Board] = []
    private var indices: [BoardName: Int] = [:]
    /// Of each line: the leaderboards on which it counts, and those that its answer reports on.
    private var touched: [(counted: [Int], reported: [Int])] = []
    private var steps: [[Step]] = []

    /// Reads what the runs touch and counts them one after another.
    ///
    /// - Parameters:
    ///   - lines: Runs that are to be written, in order of arrival.
    ///   - game: Their game, kept, and its entries locked.
    ///   - naming: Names leaderboards of the game.
    init(
        _ lines: [BatchLine],
        game: Game,
        now: Instant,
        naming: BoardNaming,
        session: Session
    ) throws(PostgresError) {
        self.game = game
        self.now = now
        self.lines = lines
        var naming = naming
        touched.reserveCapacity(lines.count)
        for line in lines {
            // A run that is held or refused changes nothing.
            let counted = line.verdict.counts ? try naming.all(at: line.start, in: line.chat) : []
            touched.append(
                (counted.map { index(of: $0) }, line.reported.map { index(of: $0.board, isReported: true) })
            )
        }
        try readEntries(session)
        try makeBoards(session)
        count()
        try readFigures(session)
    }

    /// The leaderboards that change, with their state before.
    var changes: [(board: BoardName, state: BoardState, ledger: BoardLedger)] {
        boards.compactMap { board in
            guard let state = board.state, board.ledger.isChanged else { return nil }
            return (board.name, state, board.ledger)
        }
    }

    /// Players who have no entry anywhere yet, of whom the database may not know.
    var newPlayers: Set<PlayerID> {
        guard let global = indices[BoardName(chat: nil)] else { return [] }
        return Set(boards[global].ledger.moves.filter { $0.before == nil }.map(\.after.sortKey.player))
    }

    /// The answers to the runs in order.
    var receipts: [Receipt] { lines.indices.map(receipt) }

    private mutating func index(of name: BoardName, isReported: Bool = false) -> Int {
        let index: Int
        if let known = indices[name] {
            index = known
        } else {
            index = boards.count
            indices[name] = index
            boards.append(Board(name: name))
        }
        if isReported { boards[index].isReported = true }
        return index
    }

    // MARK: - Reading

    private mutating func readEntries(_ session: Session) throws(PostgresError) {
        var keys: [PositionKey] = []
        var owners: [Int] = []
        for (line, touched) in zip(lines, touched) {
            // A run that counts does so on all leaderboards that are reported.
            for board in touched.counted.isEmpty ? touched.reported : touched.counted {
                keys.append(PositionKey(board: boards[board].name, player: line.player))
                owners.append(board)
            }
        }
        let found = try session.run(.entries(at: keys, game: game.id))
        for (index, found) in zip(owners, found) {
            guard let state = found.board else { continue }
            boards[index].state = state
            if let entry = found.entry { boards[index].entries[entry.sortKey.player] = entry }
        }
    }

    private mutating func makeBoards(_ session: Session) throws(PostgresError) {
        let counted = Set(touched.flatMap(\.counted))
        let missing = boards.indices.filter { boards[$0].state == nil && counted.contains($0) }
        let made = try session.insertBoards(missing.map { boards[$0].name }, game: game.id)
        for index in missing {
            boards[index].state = made[boards[index].name].map {
                BoardState(id: $0, total: 0, isCounted: false)
            }
        }
    }

    private mutating func readFigures(_ session: Session) throws(PostgresError) {
        var probes: [Probe] = []
        var insiders: [EntryKey] = []
        var parts: [(board: Int, probes: Range<Int>)] = []
        for (index, board) in boards.enumerated() where board.isReported {
            guard let state = board.state else { continue }
            let start = probes.count
            probes += board.ledger.probes.map { Probe(board: state.id, sortKey: $0) }
            insiders += board.ledger.players.map { EntryKey(board: state.id, player: $0) }
            parts.append((index, start..<probes.count))
        }
        guard !probes.isEmpty else { return }
        let (counts, above) = try session.run(
            .countBefore(probes, game: game.id),
            .entriesAbove(probes, passingOver: insiders, game: game.id)
        )
        for part in parts {
            var background = BoardLedger.Background(total: boards[part.board].state?.total ?? 0)
            for index in part.probes {
                background.countBefore[probes[index].sortKey] = counts[index]
                background.neighbourAbove[probes[index].sortKey] = above[index]
            }
            boards[part.board].figures = boards[part.board].ledger.figures(on: background)
        }
    }

    // MARK: - Counting

    private mutating func count() {
        for index in boards.indices { boards[index].ledger = BoardLedger(entries: boards[index].entries) }
        let (rules, now) = (game.rules, now)
        for (line, touched) in zip(lines, touched) {
            let counts = !touched.counted.isEmpty
            steps.append(
                (counts ? touched.counted : touched.reported).map { index in
                    Step(
                        board: index,
                        number: boards[index].ledger.apply(for: line.player) { entry in
                            guard counts else { return entry }
                            return rules.entry(
                                after: entry,
                                score: line.run.score,
                                acceptedAt: now,
                                player: line.player,
                                run: line.run.run.id
                            )
                        }
                    )
                }
            )
        }
    }

    // MARK: - Answers

    private func receipt(_ index: Int) -> Receipt {
        let line = lines[index]
        let (before, after) = change(index, on: touched[index].reported[0])
        let score = { (entry: Entry?) in entry.map { game.rules.score(ofScoreKey: $0.sortKey.scoreKey) } }
        return Receipt(
            outcome: line.outcome(outcome(before: before, after: after)),
            run: line.run.run.id,
            score: Int64(line.run.score.value),
            best: score(after),
            previousBest: score(before),
            places: zip(line.reported, touched[index].reported).map { place(index, $0.kind, on: $1) },
            reasons: line.verdict.reasons,
            shadow: line.shadow,
            isReplay: false
        )
    }

    /// The entry of a run's player before and after the run.
    private func change(_ index: Int, on board: Int) -> (before: Entry?, after: Entry?) {
        guard let step = step(index, on: board) else { return (nil, nil) }
        let change = boards[board].ledger[step]
        return (change.before, change.after)
    }

    private func step(_ index: Int, on board: Int) -> Int? {
        steps[index].first { $0.board == board }?.number
    }

    private func outcome(before: Entry?, after: Entry?) -> Receipt.Outcome {
        guard before != after, let after else { return .notBetter }
        guard let before else { return .newBest }
        return after.sortKey.scoreKey < before.sortKey.scoreKey ? .newBest : .updated
    }

    private func place(_ index: Int, _ kind: BoardKind, on board: Int) -> Receipt.Place {
        let figures = step(index, on: board).flatMap { step in
            boards[board].figures.indices.contains(step) ? boards[board].figures[step] : nil
        }
        return Receipt.Place(
            board: kind,
            rank: figures?.rank,
            previousRank: figures?.previousRank,
            total: figures?.total ?? boards[board].state?.total ?? 0,
            above: figures?.above,
            rules: game.rules
        )
    }
}

extension Receipt.Place {
    /// States a place, the next better one with its rank.
    ///
    /// - Parameters:
    ///   - rank: The player's rank; nil without an entry.
    ///   - previousRank: The rank before the run.
    ///   - total: How many entries there are.
    ///   - rules: The rules of the game.
    init(board: BoardKind, rank: Int?, previousRank: Int?, total: Int, above: SortKey?, rules: GameRules) {
        self.init(
            board: board,
            rank: rank,
            previousRank: previousRank,
            entries: total,
            next: above.flatMap { above in
                rank.map { .init(rank: $0 - 1, score: rules.score(ofScoreKey: above.scoreKey)) }
            }
        )
    }
}
