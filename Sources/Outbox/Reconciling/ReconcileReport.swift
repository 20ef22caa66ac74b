package import Leaderboards
package import Storage

/// What a comparison of Telegram's tables is to cover, and what is to follow from it.
package struct ReconcileScope: Sendable {
    /// How much of the tables is read.
    package enum Extent: Sendable {
        /// Every table from behind one on; nil from the first.
        case all(after: TableKey?)
        /// The tables of players drawn at random, as far as those are concerned.
        case sample(Int)
    }

    /// What is put right.
    package enum Repairs: Sendable {
        case none
        /// What an ordinary delivery can put right.
        case ordinary
        /// Everything; scores that are too high are lowered by force.
        case forced
    }

    /// Whose tables, by the board that Telegram shows of each game; all of bots whose clients are at hand.
    package var games: [Game]
    package var chat: ChatID?
    package var extent: Extent
    package var repairs: Repairs

    package init(
        games: [Game],
        chat: ChatID? = nil,
        extent: Extent = .all(after: nil),
        repairs: Repairs = .none
    ) {
        self.games = games
        self.chat = chat
        self.extent = extent
        self.repairs = repairs
    }
}

/// A difference that was found.
package struct FoundDrift: Sendable {
    /// The board that Telegram shows.
    package let game: Game
    package let chat: ChatID
    package let chatInstance: ChatInstance?
    package let player: PlayerID
    package let drift: TableDrift
    /// What is to stand there; nil is absent.
    package let desired: Int32?
    /// What Telegram holds; nil is absent.
    package let held: Int32?
    /// Whether it is being put right.
    package let isRepaired: Bool
}

/// What a comparison found.
package struct ReconcileReport: Sendable {
    /// How many tables were read.
    package var tables = 0
    /// Of how many players it is now known what Telegram holds.
    package var players = 0
    /// How many calls that took.
    package var calls = 0
    /// How many differences are no surprise, since their delivery is under way.
    package var onTheirWay = 0
    /// How many differences are known: their delivery was given up.
    package var givenUp = 0
    /// How many tables have no message by which they could be read.
    package var withoutMessage = 0
    /// How many tables Telegram did not show, and the last of its reasons.
    package var unreadable = 0
    package var reason: String?
    package var drift: [FoundDrift] = []
    /// The last table of those that are finished without a gap; nil before the first, and for a sample.
    package var finished: TableKey?

    package init() {}

    /// How many differences there are of each kind, in a fixed order.
    package var counts: [(drift: TableDrift, count: Int)] {
        TableDrift.allCases.map { kind in (kind, drift.count { $0.drift == kind }) }
    }

    /// Adds what was found in a table.
    mutating func add(_ other: ReconcileReport) {
        tables += other.tables
        players += other.players
        calls += other.calls
        onTheirWay += other.onTheirWay
        givenUp += other.givenUp
        withoutMessage += other.withoutMessage
        unreadable += other.unreadable
        reason = other.reason ?? reason
        drift += other.drift
    }
}
