import JSON
import Leaderboards
import Postgres
import Storage

/// The leaderboards that a batch of new runs touches, from the first read to the last write.
struct BatchLedger {
    /// A run with its leaderboards and the steps that it took on them.
    fileprivate struct Line {
        let run: FinishedRun
        let chat: ChatID?
        let reasons: [String]
        /// The leaderboards reported on, the first one first.
        let reported: [(kind: BoardKind, board: BoardID)]
        var steps: [BoardID: Int] = [:]
    }

    private let game: Game
    private let now: Instant
    private var lines: [Line] = []
    private var ledgers: [BoardID: BoardLedger] = [:]
    private let chatBoards: [BoardID: ChatID]
    /// An answer for each run in order.
    private(set) var receipts: [Receipt] = []

    /// Reads and locks what the runs touch, and counts them one after another.
    ///
    /// - Parameters:
    ///   - runs: Runs that are to be written, in order of arrival.
    ///   - game: Their game, its lock held.
    ///   - now: The moment of acceptance.
    ///   - session: The transaction.
    /// - Throws: `PostgresError`.
    init(_ runs: [FinishedRun], game: Game, now: Instant, session: Session) throws(PostgresError) {
        self.game = game
        self.now = now
        let chats = try Self.chats(of: runs, game: game, session: session)
        try session.insertMissingPlayers(Array(Set(runs.map(\.run.launch.player))), bot: game.bot)
        let names = Set(chats.map { BoardName(chat: $0) } + [BoardName(chat: nil)])
        let boards = try session.resolveBoards(Array(names), game: game.id)
        func board(_ scope: Scope, _ chat: ChatID?) throws(PostgresError) -> BoardID {
            guard let board = boards[BoardName(chat: scope == .chat ? chat : nil)] else {
                throw PostgresError(.decoding, "a leaderboard that was just made is missing")
            }
            return board
        }
        var chatBoards: [BoardID: ChatID] = [:]
        var keys: Set<EntryKey> = []
        for (run, chat) in zip(runs, chats) {
            let first: BoardKind = chat == nil ? .globalAll : .chatAll
            var reported: [(kind: BoardKind, board: BoardID)] = []
            for kind in [first] + run.boards { reported.append((kind, try board(kind.scope, chat))) }
            let duration = now - run.run.startedAt
            lines.append(
                Line(
                    run: run,
                    chat: chat,
                    reasons: game.rules.bounds.violations(score: run.score, duration: duration),
                    reported: reported
                )
            )
            let player = run.run.launch.player
            keys.insert(EntryKey(board: try board(.global, chat), player: player))
            guard let chat else { continue }
            let chatBoard = try board(.chat, chat)
            chatBoards[chatBoard] = chat
            keys.insert(EntryKey(board: chatBoard, player: player))
        }
        self.chatBoards = chatBoards
        let entries = try session.lockEntries(Array(keys), game: game.id)
        for (board, keys) in Dictionary(grouping: keys, by: \.board) {
            var known: [PlayerID: Entry] = [:]
            for key in keys { known[key.player] = entries[key] }
            ledgers[board] = BoardLedger(entries: known)
        }
        for index in lines.indices {
            for scope in Scope.allCases where scope == .global || lines[index].chat != nil {
                count(line: index, on: try board(scope, lines[index].chat))
            }
        }
        try report(session)
    }

    /// Writes entries, deliveries and the log.
    ///
    /// - Parameter session: The transaction.
    /// - Throws: `PostgresError`; with constraint `entries_pkey` or `scores_pkey` when another instance wrote one of
    ///   the same first, after which the whole batch is to be written anew.
    func write(in session: Session) throws(PostgresError) {
        let changes = ledgers.flatMap { board, ledger in ledger.changes.map { (board, $0) } }
        let isUpdate = { (change: (BoardID, Entry)) in
            ledgers[change.0]?.hadEntry(change.1.standing.player) == true
        }
        let updates = changes.filter(isUpdate)
        let inserts = changes.filter { !isUpdate($0) }
        if !updates.isEmpty { try session.updateEntries(updates, game: game.id) }
        if !inserts.isEmpty { try session.insertEntries(inserts, game: game.id) }
        let wishes = deliveryWishes(for: changes)
        if !wishes.isEmpty {
            try session.wantDeliveries(wishes, game: game, now: now)
            try session.notifyDeliveries(of: game.bot)
        }
        try session.insertScores(
            zip(lines, receipts).map { $0.logged(as: $1, acceptedAt: now) },
            game: game.id
        )
    }

    private static func chats(
        of runs: [FinishedRun],
        game: Game,
        session: Session
    ) throws(PostgresError) -> [ChatID?] {
        let aliases = runs.map { run -> ChatAlias? in
            guard let instance = run.run.launch.chatInstance else { return nil }
            guard case .message(let chat, _) = run.run.launch.target else {
                return ChatAlias(instance: instance, address: nil)
            }
            return ChatAlias(instance: instance, address: chat)
        }
        let distinct = Array(Set(aliases.compactMap { $0 }))
        guard !distinct.isEmpty else { return runs.map { _ in nil } }
        let chats = try session.resolveChats(distinct, bot: game.bot)
        let byAlias = Dictionary(uniqueKeysWithValues: zip(distinct, chats.map(\.chat)))
        return aliases.map { alias in alias.flatMap { byAlias[$0] } }
    }

    private mutating func count(line index: Int, on board: BoardID) {
        let line = lines[index]
        let player = line.run.run.launch.player
        let (rules, now) = (game.rules, now)
        lines[index].steps[board] = ledgers[board]?.apply(for: player) { entry in
            guard line.reasons.isEmpty else { return entry }
            return rules.entry(
                after: entry,
                score: line.run.score,
                acceptedAt: now,
                player: player,
                run: line.run.run.id
            )
        }
    }

    private mutating func report(_ session: Session) throws(PostgresError) {
        let reported = Set(lines.flatMap { $0.reported.map(\.board) })
        let boards = reported.sorted()
        let totals = try session.countEntries(of: boards, game: game.id)
        let probes = boards.flatMap { board in
            (ledgers[board]?.probes ?? []).map { Probe(board: board, standing: $0) }
        }
        let insiders = boards.flatMap { board in
            (ledgers[board]?.players ?? []).map { EntryKey(board: board, player: $0) }
        }
        let counts = try session.countBefore(probes, game: game.id)
        let above = try session.entriesAbove(probes, passingOver: insiders, game: game.id)
        var figures: [BoardID: [BoardLedger.Figures]] = [:]
        for (board, total) in zip(boards, totals) {
            var countBefore: [Standing: Int] = [:]
            var neighbours: [Standing: Standing] = [:]
            for (index, probe) in probes.enumerated() where probe.board == board {
                countBefore[probe.standing] = counts[index]
                neighbours[probe.standing] = above[index]
            }
            let background = BoardLedger.Background(
                countBefore: countBefore,
                neighbourAbove: neighbours,
                total: total
            )
            figures[board] = ledgers[board]?.figures(on: background)
        }
        receipts = lines.map { receipt(for: $0, figures: figures) }
    }

    private func receipt(for line: Line, figures: [BoardID: [BoardLedger.Figures]]) -> Receipt {
        let places = line.reported.compactMap { kind, board -> Receipt.Place? in
            guard let step = line.steps[board], let figures = figures[board]?[step] else { return nil }
            return Receipt.Place(
                board: kind,
                rank: figures.rank,
                previousRank: figures.previousRank,
                entries: figures.total,
                next: figures.above.flatMap { above in
                    figures.rank.map { rank in
                        .init(rank: rank - 1, score: game.rules.score(ofSortKey: above.sortKey))
                    }
                }
            )
        }
        let first = line.reported[0].board
        let step = line.steps[first].flatMap { ledgers[first]?[$0] }
        let outcome: Receipt.Outcome
        if !line.reasons.isEmpty {
            outcome = .refused
        } else if step?.after == step?.before {
            outcome = .notBetter
        } else {
            let improved = step?.before.map { before in
                step.map { $0.after?.standing.sortKey ?? .max < before.standing.sortKey } ?? false
            }
            outcome = improved ?? true ? .newBest : .updated
        }
        let score = { (entry: Entry?) in entry.map { game.rules.score(ofSortKey: $0.standing.sortKey) } }
        return Receipt(
            outcome: outcome,
            run: line.run.run.id,
            score: Int64(line.run.score.value),
            best: score(step?.after),
            previousBest: score(step?.before),
            places: places,
            reasons: line.reasons,
            isReplay: false
        )
    }

    /// What Telegram is to hold for every player whose entry in a chat changed.
    private func deliveryWishes(for changes: [(BoardID, Entry)]) -> [DeliveryWish] {
        guard game.rules.telegramScore != .off else { return [] }
        // The launch behind an entry is that of the run that made it.
        let targets = Dictionary(lines.map { ($0.run.run.id, $0.run.run.launch.target) }) { first, _ in first
        }
        return changes.compactMap { board, entry in
            guard let chat = chatBoards[board] else { return nil }
            let score = game.rules.score(ofSortKey: entry.standing.sortKey)
            return DeliveryWish(
                chat: chat,
                player: entry.standing.player,
                wanted: game.rules.telegramScore.value(for: score),
                target: targets[entry.run]?.stored
            )
        }
    }
}

extension BatchLedger.Line {
    fileprivate func logged(as receipt: Receipt, acceptedAt: Instant) -> LoggedScore {
        var places = JSONWriter()
        places.array { writer in
            for place in receipt.places { place.write(to: &writer) }
        }
        return LoggedScore(
            run: run.run.id,
            launchedAt: run.run.launch.launchedAt,
            player: run.run.launch.player,
            chat: chat,
            score: run.score,
            startedAt: run.run.startedAt,
            acceptedAt: acceptedAt,
            outcome: receipt.outcome.rawValue,
            reasons: receipt.reasons,
            best: receipt.best,
            previousBest: receipt.previousBest,
            places: JSONText(bytes: places.bytes),
            metadata: run.metadata.map { JSONText(bytes: $0) }
        )
    }
}
