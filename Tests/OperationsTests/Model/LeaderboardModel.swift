import Leaderboards
import Operations
import Scoring
import ScoringSupport

/// Leaderboards without a database: all runs are kept, and whatever is asked is found by looking at all of them.
struct LeaderboardModel: Sendable {
    /// What one run scored on one board of the game, accepted.
    struct Run: Sendable {
        /// What no other has.
        struct Key: Hashable, Sendable {
            let id: RunID
            let board: String
        }

        let key: Key
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

        var id: RunID { key.id }
        var board: String { key.board }

        init(
            _ key: Key,
            player: Int64,
            chat: Int?,
            score: Int64,
            startedAt: Instant,
            acceptedAt: Instant,
            reasons: [String] = [],
            isHeld: Bool = false
        ) {
            self.key = key
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
        /// The board of the game.
        let name: String
        let kind: BoardKind
        /// The chat by its age; nil is the whole game.
        let chat: Int?
        let label: String

        var description: String { "\(name) \(kind) '\(label)' of chat \(chat.map { "\($0)" } ?? "-")" }
    }

    /// A run with what it scored on each of its boards, as it is submitted.
    struct Submission: Sendable {
        let id: RunID
        let player: Int64
        let chat: Int?
        let startedAt: Instant
        let acceptedAt: Instant
        let scores: [BoardScore]
        let isNamed: Bool
        let asked: [AskedBoard]
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

    /// The rules by which leaderboards are made, by the board of the game.
    private(set) var rules: [String: GameRules] { didSet { sortAgain() } }
    /// What is known of chats.
    var chats = ModelChats() { didSet { if chats != oldValue { sortAgain() } } }

    /// Who has no entries while banned.
    var banned: Set<Int64> = [] { didSet { sortAgain() } }

    init(rules: GameRules) { self.rules = [Game.mainBoard: rules] }

    func rules(of board: String) -> GameRules { rules[board] ?? GameRules() }

    /// Sets the rules of a board; when windows begin and what Telegram shows holds for all of the game.
    mutating func set(_ new: GameRules, of board: String) {
        var rules = rules
        rules[board] = new
        if board == Game.mainBoard {
            for name in rules.keys {
                rules[name]?.zone = new.zone
                rules[name]?.seasons = new.seasons
                rules[name]?.telegramScore = new.telegramScore
            }
        }
        self.rules = rules
    }

    /// Corrects a run.
    mutating func correct(_ key: Run.Key, _ change: (inout Run) -> Void) {
        guard let index = runs.firstIndex(where: { $0.key == key }) else { return }
        change(&runs[index])
        sortAgain()
    }

    /// Forgets all runs of a player.
    mutating func erase(_ player: Int64) {
        runs.removeAll { $0.player == player }
        sortAgain()
    }

    /// All leaderboards that somebody is on.
    var boards: [Board] { positions.keys.sorted { "\($0)" < "\($1)" } }

    // MARK: - Names

    /// The name of the window of a kind at a moment, as the readers of a chat, or of the game, see it; nil where the board
    /// has none.
    func label(_ kind: BoardKind, on board: String, chat: Int?, at instant: Instant) -> String? {
        let rules = rules(of: board)
        guard rules.windows.contains(kind.window) else { return nil }
        return calendar.label(
            kind.window,
            at: instant,
            zone: zone(kind.scope, on: board, chat: chat),
            seasons: rules.seasons
        )
    }

    /// The name of the window of a kind in the game's zone, whether or not the board has leaderboards of it.
    func label(_ window: WindowKind, on board: String, at instant: Instant) -> String? {
        let rules = rules(of: board)
        return calendar.label(window, at: instant, zone: rules.zone, seasons: rules.seasons)
    }

    /// The zone in which windows begin.
    func zone(_ scope: Scope, on board: String, chat: Int?) -> String {
        let rules = rules(of: board)
        guard scope == .chat, !rules.hasOneZone else { return rules.zone }
        return chat.flatMap { chats.zone($0) } ?? rules.zone
    }

    /// A leaderboard by its kind, the number of a chat and the window's name; nil while nothing is known of the chat.
    func board(_ kind: BoardKind, on name: String, chat: Int?, label: String) -> Board? {
        guard kind.scope == .chat else { return Board(name: name, kind: kind, chat: nil, label: label) }
        return chat.flatMap { chats.chat($0) }.map { Board(name: name, kind: kind, chat: $0, label: label) }
    }

    func board(_ kind: BoardKind, of run: Run) -> Board? {
        label(kind, on: run.board, chat: run.chat, at: run.startedAt)
            .flatMap { board(kind, on: run.board, chat: run.chat, label: $0) }
    }

    // MARK: - Lines

    /// Whether one line of a board stands before another.
    func isBefore(_ left: Line, _ right: Line, on board: String) -> Bool {
        if left.score != right.score {
            return rules(of: board).order == .higher ? left.score > right.score : left.score < right.score
        }
        if left.achievedAt != right.achievedAt { return left.achievedAt < right.achievedAt }
        return left.player < right.player
    }

    /// The lines of a leaderboard in order.
    func lines(_ board: Board?) -> [Line] {
        guard let board else { return [] }
        return entries(board).values.sorted { isBefore($0, $1, on: board.name) }
    }

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
        let rules = rules(of: made.board)
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
                let order = rules(of: board.name).order
                let entries = entries(board).mapValues { line in
                    Entry(
                        sortKey: SortKey(
                            scoreKey: order == .higher ? -line.score : line.score,
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

    /// Adds a run that was accepted after all others.
    mutating func append(_ run: Run) {
        runs.append(run)
        sort(runs.count - 1)
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
}
