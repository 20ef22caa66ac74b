package import Leaderboards

/// What part of a game's leaderboards is made anew from the log.
package enum RebuildScope: Hashable, Sendable {
    /// Everything.
    case game
    /// The leaderboards of some chats; those of the chats that were merged into them go.
    case chats([ChatID])
    /// The entries of some players, on all leaderboards.
    case players([PlayerID])
}

/// What making leaderboards anew from the log changed; all zero when they were right.
package struct RebuildReport: Hashable, Sendable {
    /// One entry that is not what it was.
    package struct Difference: Hashable, Sendable {
        package let board: BoardName
        /// A name of the board's chat for people; nil for the whole game.
        package let chatInstance: ChatInstance?
        package let player: PlayerID
        /// The order of the game, by which scores are read from sort keys.
        package let order: GameRules.Order
        /// Nil where there was none.
        package let before: Entry?
        /// Nil where there is none any more.
        package let after: Entry?
    }

    /// How many differences a sample has.
    package static let sampleLimit = 20

    package internal(set) var boardsAdded = 0
    package internal(set) var boardsChanged = 0
    package internal(set) var boardsRemoved = 0
    package internal(set) var entriesAdded = 0
    package internal(set) var entriesChanged = 0
    package internal(set) var entriesRemoved = 0
    package internal(set) var sample: [Difference] = []
    /// A number that follows from all differences of entries, in whatever order; 0 without any.
    package internal(set) var digest: Int64 = 0
    /// The chats of which leaderboards changed.
    package internal(set) var chats: Set<ChatID> = []
    /// Whether leaderboards of the whole game changed.
    package internal(set) var includesGlobal = false

    /// Nothing changed.
    package init() {}

    /// Whether nothing changed.
    package var isEmpty: Bool {
        boardsAdded + boardsChanged + boardsRemoved + entriesAdded + entriesChanged + entriesRemoved == 0
    }

    /// Drops all but the numbers, where the sample must not be shown.
    package mutating func forgetSample() { sample = [] }

    /// Adds what changed elsewhere.
    package mutating func add(_ other: RebuildReport) {
        boardsAdded += other.boardsAdded
        boardsChanged += other.boardsChanged
        boardsRemoved += other.boardsRemoved
        entriesAdded += other.entriesAdded
        entriesChanged += other.entriesChanged
        entriesRemoved += other.entriesRemoved
        digest &+= other.digest
        sample += other.sample.prefix(Self.sampleLimit - sample.count)
        chats.formUnion(other.chats)
        includesGlobal = includesGlobal || other.includesGlobal
    }
}

/// The score of a player in a chat over all time, which Telegram's own table follows.
package struct ChatScore: Hashable, Sendable {
    package let chat: ChatID
    package let player: PlayerID
    /// Nil where the player has no entry any more.
    package let score: Int64?

    package init(chat: ChatID, player: PlayerID, score: Int64?) {
        self.chat = chat
        self.player = player
        self.score = score
    }
}
