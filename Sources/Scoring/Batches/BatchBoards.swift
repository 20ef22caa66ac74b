import Leaderboards
import Postgres
import Storage

/// The leaderboards that a batch of new runs touches, from the first read to the answers.
///
/// All is read at once; then the runs are placed in memory one after another, so that each answer shows the
/// leaderboards as its run left them.
struct BatchBoards {
    private struct Board {
        let name: BoardName
        /// As the transaction found it; nil until it is made.
        var state: BoardState?
        var entries: [PlayerID: Entry] = [:]
        var history = BoardHistory(entries: [:])
        /// What answers say of each step; empty where none says anything.
        var placements: [BoardHistory.Placement] = []
        var isReported = false
    }

    /// A leaderboard that changes, with its state before.
    struct Change {
        let name: BoardName
        let state: BoardState
        /// The version that the transaction leaves.
        let version: BoardVersion
        let history: BoardHistory

        var board: BoardChange { BoardChange(board: state.id, gain: history.gain, version: version) }
    }

    let game: Game
    let now: Instant
    let lines: [BatchLine]
    private var boards: [Board] = []
    private var indices: [BoardName: Int] = [:]
    /// Of each line: the leaderboards on which it counts, and those that its answer reports on.
    private var touched: [(counted: [Int], reported: [Int])] = []
    /// Of each line: the steps that it took.
    private var steps: [[(board: Int, number: Int)]] = []

    /// Reads what the runs touch and places them one after another.
    ///
    /// - Parameters:
    ///   - lines: Runs that are to be written, in order of arrival.
    ///   - game: Their game, kept, and its entries locked.
    init(
        _ lines: [BatchLine],
        game: Game,
        now: Instant,
        memory: PlayMemory,
        _ session: Session
    ) throws(PostgresError) {
        self.game = game
        self.now = now
        self.lines = lines
        touched.reserveCapacity(lines.count)
        for line in lines {
            touched.append((line.counted.map { index(of: $0) }, line.reported.map { index(of: $0.board) }))
            for board in touched[touched.count - 1].reported { boards[board].isReported = true }
        }
        try readBoards(session)
        placeRuns()
        try readPlacements(memory, session)
    }

    /// The leaderboards that change, each with the version that it gets, which is drawn here.
    var changes: [Change] {
        var generator = SystemRandomNumberGenerator()
        return boards.compactMap { board in
            guard let state = board.state, board.history.isChanged else { return nil }
            return Change(
                name: board.name,
                state: state,
                version: BoardVersion(using: &generator),
                history: board.history
            )
        }
    }

    /// Players who have no entry anywhere yet, of whom the database may not know.
    var newPlayers: Set<PlayerID> {
        guard let global = indices[BoardName(chat: nil)] else { return [] }
        return Set(boards[global].history.moves.filter { $0.before == nil }.map(\.after.sortKey.player))
    }

    /// The answers to the runs in order.
    var receipts: [Receipt] {
        lines.indices.map { index in
            let reported = touched[index].reported
            let first = step(of: index, on: reported[0]).map { boards[reported[0]].history[$0] }
            return Receipt(
                lines[index],
                before: first?.before,
                after: first?.after,
                placements: reported.map { placement(of: index, on: $0) },
                rules: game.rules
            )
        }
    }

    private mutating func index(of name: BoardName) -> Int {
        if let known = indices[name] { return known }
        indices[name] = boards.count
        boards.append(Board(name: name))
        return boards.count - 1
    }

    // MARK: - Reading

    /// Reads the leaderboards and the players' entries on them, and makes those that are not there yet.
    private mutating func readBoards(_ session: Session) throws(PostgresError) {
        var keys: [PositionKey] = []
        var owners: [Int] = []
        for (line, touched) in zip(lines, touched) {
            // A run that counts does so on all leaderboards that are reported.
            keys += touched.counted.isEmpty ? line.reportedKeys : line.countedKeys
            owners += touched.counted.isEmpty ? touched.reported : touched.counted
        }
        let found = try session.run(.entriesGet(keys, game: game.id))
        for (index, found) in zip(owners, found) {
            guard let state = found.board else { continue }
            boards[index].state = state
            if let entry = found.entry { boards[index].entries[entry.sortKey.player] = entry }
        }
        let counted = Set(touched.flatMap(\.counted))
        let missing = boards.indices.filter { boards[$0].state == nil && counted.contains($0) }
        let made = try session.boardsInsert(missing.map { boards[$0].name }, game: game.id)
        for index in missing {
            boards[index].state = made[boards[index].name].map {
                BoardState(id: $0, version: BoardVersion(rawValue: 0), total: 0, hasRankBuckets: false)
            }
        }
    }

    /// Finds where the runs leave their players: on a leaderboard of a version of which the order is known from memory,
    /// on others from the database.
    private mutating func readPlacements(
        _ memory: PlayMemory,
        _ session: Session
    ) throws(PostgresError) {
        var unknown: [(name: BoardName, version: BoardVersion?)] = []
        var probes: [Probe] = []
        var insiders: [EntryKey] = []
        var parts: [(board: Int, probes: Range<Int>)] = []
        for (index, board) in boards.enumerated() where board.isReported {
            guard let state = board.state else { continue }
            let known = state.total == 0 ? KnownBoard(state, []) : memory.board(board.name, of: game.id)
            if let known, place(index, by: known) {
                if state.total == 0 { memory.learn(known, board.name, of: game.id) }
                continue
            }
            if state.total <= KnownBoard.soonRead, !memory.isOff {
                unknown.append((board.name, nil))
                continue
            }
            // Entries of another version would be believed again by whoever comes next.
            memory.learn(KnownBoard(state), board.name, of: game.id)
            let start = probes.count
            probes += board.history.probes.map { Probe(board: state.id, sortKey: $0) }
            insiders += board.history.players.map { EntryKey(board: state.id, player: $0) }
            parts.append((index, start..<probes.count))
        }
        guard !probes.isEmpty || !unknown.isEmpty else { return }
        let (orders, counts, above) = try session.run(
            .entriesList(unknown, atMost: KnownBoard.soonRead, game: game.id),
            .entriesCountBefore(probes, game: game.id),
            .entriesAbove(probes, passingOver: insiders, game: game.id)
        )
        for (name, order) in orders {
            let known = KnownBoard(order.state, order.entries)
            memory.learn(known, name, of: game.id)
            if let index = indices[name] { place(index, by: known) }
        }
        for part in parts {
            var background = BoardHistory.Background(total: boards[part.board].state?.total ?? 0)
            for index in part.probes {
                background.countBefore[probes[index].sortKey] = counts[index]
                background.neighbourAbove[probes[index].sortKey] = above[index]
            }
            boards[part.board].placements = boards[part.board].history.placements(on: background)
        }
    }

    /// Finds where the runs leave their players on a leaderboard whose order is known; whether it is, as it is now.
    @discardableResult
    private mutating func place(_ index: Int, by known: KnownBoard) -> Bool {
        let board = boards[index]
        guard let version = board.state?.version,
            let background = known.background(of: board.history, at: version)
        else { return false }
        boards[index].placements = board.history.placements(on: background)
        return true
    }

    // MARK: - Placing

    private mutating func placeRuns() {
        for index in boards.indices { boards[index].history = BoardHistory(entries: boards[index].entries) }
        let (rules, now) = (game.rules, now)
        for (line, touched) in zip(lines, touched) {
            let counts = !touched.counted.isEmpty
            steps.append(
                (counts ? touched.counted : touched.reported).map { index in
                    let number = boards[index].history.apply(for: line.run.player) { entry in
                        guard counts else { return entry }
                        return rules.entry(
                            after: entry,
                            score: line.score,
                            acceptedAt: now,
                            player: line.run.player,
                            run: line.run.id
                        )
                    }
                    return (index, number)
                }
            )
        }
    }

    private func step(of line: Int, on board: Int) -> Int? {
        steps[line].first { $0.board == board }?.number
    }

    private func placement(of line: Int, on board: Int) -> BoardHistory.Placement {
        let placements = boards[board].placements
        if let step = step(of: line, on: board), placements.indices.contains(step) { return placements[step] }
        return BoardHistory.Placement(
            rank: nil,
            previousRank: nil,
            total: boards[board].state?.total ?? 0,
            above: nil
        )
    }
}
