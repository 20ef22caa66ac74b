package import Leaderboards

/// A leaderboard by what readers know of it, without internal ids.
package struct BoardAddress: Hashable, Sendable {
    package let game: GameID
    /// Nil is the whole game.
    package let chat: ChatInstance?
    package let window: WindowKind
    /// The window's local name; empty for all time.
    package let label: String

    package init(game: GameID, chat: ChatInstance?, window: WindowKind = .all, label: String = "") {
        self.game = game
        self.chat = chat
        self.window = window
        self.label = label
    }
}

/// What is asked about one leaderboard.
package enum BoardQuestion: Hashable, Sendable {
    /// A player's place.
    case place(of: PlayerID)
    /// The first entries.
    case top(limit: Int)
    /// A player's entry with those around it, moved where the leaderboard ends on one side; the top where the player
    /// has no entry.
    case around(PlayerID, limit: Int)
    /// What follows an entry, whether it is still there or not.
    case after(SortKey, limit: Int)
    /// What is just above an entry, whether it is still there or not.
    case before(SortKey, limit: Int)
}

/// Questions about leaderboards, each once however often it is asked.
package struct BoardQuestions: Sendable {
    struct Ask: Hashable, Sendable {
        /// The position of the leaderboard among ``BoardQuestions/boards``.
        let board: Int
        let question: BoardQuestion
    }

    private(set) var boards: [BoardAddress] = []
    private(set) var asks: [Ask] = []
    private var boardPositions: [BoardAddress: Int] = [:]
    private var askPositions: [Ask: Int] = [:]

    package init() {}

    /// What was asked, by the position of its answer.
    package func asked(_ position: Int) -> (address: BoardAddress, question: BoardQuestion) {
        (boards[asks[position].board], asks[position].question)
    }

    /// Asks what is true of a leaderboard as a whole; the position of the answer.
    package mutating func ask(about address: BoardAddress) -> Int {
        let board = boardPositions[address] ?? boards.count
        if board == boards.count {
            boards.append(address)
            boardPositions[address] = board
        }
        return board
    }

    /// Adds a question, whose limit is at least 1; the position of its answer.
    package mutating func ask(_ question: BoardQuestion, about address: BoardAddress) -> Int {
        let ask = Ask(board: ask(about: address), question: question)
        if let known = askPositions[ask] { return known }
        askPositions[ask] = asks.count
        asks.append(ask)
        return asks.count - 1
    }
}

extension BoardQuestion {
    /// Which of the lines are above the place that is asked about.
    enum Share: Int16 {
        case none, all
        /// So many that the place is in the middle.
        case half
    }

    /// The player whose entry is the place asked about.
    var player: PlayerID? {
        switch self {
        case .place(let player), .around(let player, _): player
        case .top, .after, .before: nil
        }
    }

    /// The place asked about, where it is not an entry's; lines below begin with whoever is at it.
    var place: SortKey? {
        switch self {
        case .place, .top, .around: nil
        case .before(let sortKey, _): sortKey
        case .after(let sortKey, _):
            // The next place in the order, which differs in the last component only.
            SortKey(
                scoreKey: sortKey.scoreKey,
                achievedAt: sortKey.achievedAt,
                player: PlayerID(rawValue: sortKey.player.rawValue &+ 1)
            )
        }
    }

    /// How many lines at most.
    var limit: Int {
        switch self {
        case .place: 0
        case .top(let limit), .around(_, let limit), .after(_, let limit), .before(_, let limit): limit
        }
    }

    var shareAbove: Share {
        switch self {
        case .place, .top, .after: .none
        case .before: .all
        case .around: .half
        }
    }
}
