package import Leaderboards

/// What somebody wants to see of a leaderboard.
package struct LeaderboardRequest: Sendable {
    /// Who asks.
    package enum Viewer: Sendable {
        /// A page with the token of a run or a launch: sees its own chat and game, and itself as "me".
        case player(token: String)
        /// Whoever may see what a chat's members see, and is nobody themselves.
        case members(GameID, chat: ChatInstance?)
        /// A studio's own server: everything that anybody may see of the game, and of a chat what its members see.
        case server(Game, chat: ChatInstance?)
        /// Anybody, by the game's name; only the global leaderboard of a public game.
        case anybody(bot: String, shortName: String)
        /// An operator: everything, with Telegram ids.
        case `operator`(game: Game, chat: ChatInstance?)
    }

    /// From where the list begins.
    package enum Start: Hashable, Sendable {
        case top
        /// Around the viewer; without an entry of theirs, the top.
        case aroundMe
        /// Around a player, by id or pseudonym as leaderboards show it.
        case around(String)
        /// Where an earlier page ended.
        case cursor(String)
    }

    /// How many entries a page may hold.
    package static let limits = 1...100

    package let viewer: Viewer
    package let scope: Scope?
    package let window: Window
    /// The time whose window is meant; nil is now.
    package let at: Instant?
    package let limit: Int
    package let start: Start

    /// Describes a wish.
    ///
    /// - Parameters:
    ///   - scope: Whose entries; nil is the chat's for a player and the game's for others.
    ///   - at: The time whose window is meant.
    ///   - limit: How many entries, in ``limits`` (operators: any number).
    package init(
        viewer: Viewer,
        scope: Scope? = nil,
        window: Window = .all,
        at: Instant? = nil,
        limit: Int = 10,
        start: Start = .top
    ) {
        self.viewer = viewer
        self.scope = scope
        self.window = window
        self.at = at
        self.limit = limit
        self.start = start
    }
}

/// A part of a leaderboard, as `GET /v1/leaderboard` shows it.
package struct LeaderboardPage: Hashable, Sendable {
    /// One line.
    package struct Line: Hashable, Sendable {
        package let rank: Int
        /// Telegram's id, or the game's pseudonym for it.
        package let playerID: String
        /// Nil when nobody told the name yet.
        package let name: String?
        /// Nil when there is none or identities are not shown.
        package let username: String?
        package let score: Int64
        package let achievedAt: Instant
        package internal(set) var isViewer: Bool

        /// Describes a line.
        ///
        /// - Parameters:
        ///   - playerID: Telegram's id, or the game's pseudonym for it.
        ///   - name: The name that is shown.
        ///   - username: The username that is shown.
        ///   - isViewer: Whether it is the viewer's own.
        package init(
            rank: Int,
            playerID: String,
            name: String?,
            username: String?,
            score: Int64,
            achievedAt: Instant,
            isViewer: Bool
        ) {
            self.rank = rank
            self.playerID = playerID
            self.name = name
            self.username = username
            self.score = score
            self.achievedAt = achievedAt
            self.isViewer = isViewer
        }
    }

    /// Where the viewer stands.
    package struct Viewer: Hashable, Sendable {
        package let rank: Int
        package let score: Int64
        /// 100 × (total − rank + 1) / total.
        package let percentile: Double

        /// Describes a viewer's standing.
        ///
        /// - Parameter percentile: 100 × (total − rank + 1) / total.
        package init(rank: Int, score: Int64, percentile: Double) {
            self.rank = rank
            self.score = score
            self.percentile = percentile
        }
    }

    /// Whether there is a viewer, and where they stand.
    package enum Me: Hashable, Sendable {
        /// Read without a player's token.
        case nobody
        case withoutEntry
        case entry(Viewer)
    }

    package let game: Game
    package let chat: ChatInstance?
    package let board: BoardKind
    /// Beginning and end of the window; nil for all time.
    package let from: Instant?
    package let to: Instant?
    package let zone: String
    /// Whether the window can no longer change.
    package let isFinal: Bool
    /// Which score is the better one.
    package let order: GameRules.Order
    package let total: Int
    package let lines: [Line]
    package let me: Me
    /// Cursors of the neighbouring pages.
    package let next: String?
    package let previous: String?
    /// Whether global ids are Telegram's own.
    package let showsIdentity: Bool

    /// Describes a part of a leaderboard.
    ///
    /// - Parameters:
    ///   - chat: The chat, in the scope of one.
    ///   - zone: The zone in which the window is cut.
    ///   - isFinal: Whether the window can no longer change.
    ///   - order: Which score is the better one; nil is what the game says.
    ///   - total: How many entries the leaderboard has.
    ///   - lines: The entries of this page.
    ///   - next: The cursor of the page after.
    ///   - previous: The cursor of the page before.
    ///   - showsIdentity: Whether global ids are Telegram's own.
    package init(
        game: Game,
        chat: ChatInstance?,
        board: BoardKind,
        from: Instant?,
        to: Instant?,
        zone: String,
        isFinal: Bool,
        order: GameRules.Order? = nil,
        total: Int,
        lines: [Line],
        me: Me,
        next: String?,
        previous: String?,
        showsIdentity: Bool
    ) {
        self.game = game
        self.chat = chat
        self.board = board
        self.from = from
        self.to = to
        self.zone = zone
        self.isFinal = isFinal
        self.order = order ?? game.rules.order
        self.total = total
        self.lines = lines
        self.me = me
        self.next = next
        self.previous = previous
        self.showsIdentity = showsIdentity
    }
}
