import Leaderboards
import Operations
@testable import Scoring
import ScoringSupport

/// Leaderboards without a database: all runs are kept, and whatever is asked is found by looking at all of them.
struct LeaderboardModel: Sendable {
    /// One run whose score was accepted.
    struct Run: Sendable {
        let id: RunID
        let player: Int64
        /// The number of the chat whose `chat_instance` the launch had.
        let chat: Int?
        /// What it counts as.
        var score: Int64
        let startedAt: Instant
        let acceptedAt: Instant
        /// Which rules it breaks; empty when it counts without more ado.
        var reasons: [String] = []
        /// Whether it waits for an operator where it breaks rules, instead of never counting.
        var isHeld = false
        /// What an operator decided about it, if it is held.
        var decision: Correction?
        /// Whether an operator took it away.
        var isRemoved = false
        /// Whether it counts unless it was taken away.
        var isAdmitted: Bool { reasons.isEmpty || decision == .accept }
        /// The score that was submitted; the log tells it however the run is corrected.
        let submitted: Int64

        init(
            id: RunID,
            player: Int64,
            chat: Int?,
            score: Int64,
            startedAt: Instant,
            acceptedAt: Instant,
            reasons: [String] = [],
            isHeld: Bool = false
        ) {
            self.id = id
            self.player = player
            self.chat = chat
            self.score = score
            self.startedAt = startedAt
            self.acceptedAt = acceptedAt
            self.reasons = reasons
            self.isHeld = isHeld
            submitted = score
        }
    }

    /// One leaderboard.
    struct Board: Hashable, Sendable, CustomStringConvertible {
        let kind: BoardKind
        /// The chat by its age; nil is the whole game.
        let chat: Int?
        let label: String

        var description: String { "\(kind) '\(label)' of chat \(chat.map { "\($0)" } ?? "-")" }
    }

    /// A player's rank and score.
    struct Line: Hashable, Sendable {
        let player: Int64
        let score: Int64
        let achievedAt: Instant
        let run: RunID
    }

    private let calendar = ModelCalendar()
    /// In the order of acceptance.
    private(set) var runs: [Run] = []
    /// The runs of each leaderboard; only to look at fewer of them.
    private var positions: [Board: [Int]] = [:]

    /// The rules by which leaderboards are made.
    var rules: GameRules { didSet { sortAgain() } }
    /// What is known of chats.
    var chats = ModelChats() { didSet { if chats != oldValue { sortAgain() } } }

    /// Who has no entries while banned.
    var banned: Set<Int64> = [] { didSet { sortAgain() } }

    init(rules: GameRules) { self.rules = rules }

    /// Corrects a run.
    mutating func correct(_ id: RunID, _ change: (inout Run) -> Void) {
        guard let index = runs.firstIndex(where: { $0.id == id }) else { return }
        change(&runs[index])
        sortAgain()
    }

    /// All leaderboards that somebody is on.
    var boards: [Board] { positions.keys.sorted { "\($0)" < "\($1)" } }

    // MARK: - Names

    /// The name of the window of a kind at a moment, as the readers of a chat, or of the game, see it.
    func label(_ kind: BoardKind, chat: Int?, at instant: Instant) -> String? {
        calendar.label(kind.window, at: instant, zone: zone(kind.scope, chat: chat), seasons: rules.seasons)
    }

    /// The zone in which windows begin.
    func zone(_ scope: Scope, chat: Int?) -> String {
        (scope == .chat ? chat.flatMap { chats.zone($0) } : nil) ?? rules.zone
    }

    /// A leaderboard by its kind, the number of a chat and the window's name; nil while nothing is known of the chat.
    func board(_ kind: BoardKind, chat: Int?, label: String) -> Board? {
        guard kind.scope == .chat else { return Board(kind: kind, chat: nil, label: label) }
        return chat.flatMap { chats.chat($0) }.map { Board(kind: kind, chat: $0, label: label) }
    }

    private func board(_ kind: BoardKind, of run: Run) -> Board? {
        label(kind, chat: run.chat, at: run.startedAt).flatMap { board(kind, chat: run.chat, label: $0) }
    }

    // MARK: - Lines

    /// Whether one line stands before another.
    func isBefore(_ left: Line, _ right: Line) -> Bool {
        if left.score != right.score {
            return rules.order == .higher ? left.score > right.score : left.score < right.score
        }
        if left.achievedAt != right.achievedAt { return left.achievedAt < right.achievedAt }
        return left.player < right.player
    }

    /// The lines of a leaderboard in order.
    func lines(_ board: Board?) -> [Line] { entries(board).values.sorted(by: isBefore) }

    /// The lines of a leaderboard by player.
    func entries(_ board: Board?) -> [Int64: Line] {
        var runsOfPlayers: [Int64: [Run]] = [:]
        for position in board.flatMap({ positions[$0] }) ?? [] {
            runsOfPlayers[runs[position].player, default: []].append(runs[position])
        }
        return runsOfPlayers.compactMapValues(line)
    }

    private func line(of runs: [Run]) -> Line? {
        guard var made = runs.last else { return nil }
        var score = made.score
        switch rules.keep {
        case .latest: break
        case .sum: score = runs.reduce(0) { $0 + $1.score }
        case .best:
            // Of equal scores the one accepted first.
            for run in runs.reversed() {
                let isAsGood = rules.order == .higher ? run.score >= score : run.score <= score
                if isAsGood { (made, score) = (run, run.score) }
            }
        }
        return Line(player: made.player, score: score, achievedAt: made.acceptedAt, run: made.id)
    }

    /// The places of all entries of all leaderboards by player.
    typealias Ranking = [Board: [Int64: Entry]]

    /// All entries with the keys by which the database sorts them.
    var ranking: Ranking {
        Dictionary(
            uniqueKeysWithValues: positions.keys.map { board in
                let entries = entries(board).mapValues { line in
                    Entry(
                        sortKey: SortKey(
                            scoreKey: rules.order == .higher ? -line.score : line.score,
                            achievedAt: line.achievedAt,
                            player: PlayerID(rawValue: line.player)
                        ),
                        run: line.run
                    )
                }
                return (board, entries)
            }
        )
    }

    private mutating func sortAgain() {
        positions = [:]
        for position in runs.indices { sort(position) }
    }

    private mutating func sort(_ position: Int) {
        let run = runs[position]
        guard run.isAdmitted, !run.isRemoved, !banned.contains(run.player) else { return }
        for scope in Scope.allCases {
            for window in WindowKind.allCases {
                guard let board = board(BoardKind(scope: scope, window: window), of: run) else { continue }
                positions[board, default: []].append(position)
            }
        }
    }

    // MARK: - Submissions

    /// Accepts a run after all others.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - asked: The leaderboards that its page asks for.
    /// - Returns: The answer.
    mutating func accept(_ run: Run, asked: [BoardKind]) -> Receipt {
        if let chat = run.chat { chats.see(.instance(chat)) }
        let first: BoardKind = run.chat == nil ? .globalAll : .chatAll
        let kinds = [first] + asked
        let boards = kinds.map { board($0, of: run) }
        let before = boards.map(entries)
        runs.append(run)
        sort(runs.count - 1)
        let after = boards.map(entries)
        let (old, new) = (before[0][run.player], after[0][run.player])
        return Receipt(
            outcome: outcome(run, old: old, new: new),
            run: run.id,
            score: run.score,
            best: new?.score,
            previousBest: old?.score,
            places: kinds.indices.map { index in
                place(kinds[index], of: run.player, before: before[index], after: after[index])
            },
            reasons: run.reasons,
            isReplay: false
        )
    }

    private func outcome(_ run: Run, old: Line?, new: Line?) -> Receipt.Outcome {
        guard run.reasons.isEmpty else { return run.isHeld ? .held : .refused }
        guard old != new, let new else { return .notBetter }
        guard let old else { return .newBest }
        return (rules.order == .higher ? new.score > old.score : new.score < old.score) ? .newBest : .updated
    }

    private func place(
        _ kind: BoardKind,
        of player: Int64,
        before: [Int64: Line],
        after: [Int64: Line]
    ) -> Receipt.Place {
        func above(_ entries: [Int64: Line]) -> [Line]? {
            entries[player].map { own in entries.values.filter { isBefore($0, own) } }
        }
        let ahead = above(after)
        return Receipt.Place(
            board: kind,
            rank: ahead.map { $0.count + 1 },
            previousRank: above(before).map { $0.count + 1 },
            entries: after.count,
            next: ahead.flatMap { lines in
                lines.max(by: isBefore).map { .init(rank: lines.count, score: $0.score) }
            }
        )
    }
}
