package import Leaderboards

/// What somebody asks of a leaderboard.
package struct LeaderboardRequest: Sendable {
    /// Who asks.
    package enum Viewer: Sendable {
        /// A page with the token of a run or a launch: sees its own chat and game, and itself as "me".
        case player(token: String)
        /// Whoever may see what a chat's members see, and is nobody themselves.
        case members(GameID, chat: ChatInstance?)
        /// Somebody in a chat, as Telegram tells; nobody where it does not say who.
        case member(Game, chat: ChatInstance?, PlayerID?)
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
    /// The board of the game.
    package let board: String
    /// Nil is the chat's for a player and the game's for others.
    package let scope: Scope?
    package let window: WindowKind
    /// The time whose window is meant; nil is now.
    package let at: Instant?
    /// How many entries, in ``limits`` (operators: any number).
    package var limit: Int
    package var start: Start

    package init(
        viewer: Viewer,
        board: String = Game.mainBoard,
        scope: Scope? = nil,
        window: WindowKind = .all,
        at: Instant? = nil,
        limit: Int = 10,
        start: Start = .top
    ) {
        self.viewer = viewer
        self.board = board
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
        package var isViewer: Bool
    }

    /// Where the viewer stands.
    package struct Viewer: Hashable, Sendable {
        package let rank: Int
        package let score: Int64
        /// 100 × (total − rank + 1) / total.
        package let percentile: Double
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
    /// The page as it is sent to somebody who is on none of its lines.
    package var rendition = Rendition()
    package let me: Me
    /// Cursors of the neighbouring pages.
    package let next: String?
    package let previous: String?
    /// Whether global ids are Telegram's own.
    package let showsIdentity: Bool
}
