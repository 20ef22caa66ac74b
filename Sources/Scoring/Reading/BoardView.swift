import Leaderboards
import Storage

/// Who looks at which leaderboard, after tokens and names were resolved.
struct BoardView: Sendable {
    let game: Game
    let chat: ChatInstance?
    let scope: Scope
    /// Whose place is "me"; nil for those who do not play.
    let viewer: PlayerID?
    /// Whether the viewer may see Telegram's ids everywhere.
    let isOperator: Bool

    /// Whether the leaderboard shows Telegram's ids and usernames.
    var showsIdentity: Bool { scope == .chat || game.showsIdentity || isOperator }

    /// The chat whose leaderboard it is; nil for the whole game, and where the launch had no chat.
    var owner: ChatInstance? { scope == .chat ? chat : nil }

    /// What a cursor of the leaderboard is bound to.
    func cursorBoard(_ window: Window, label: String) -> PageCursor.Board {
        PageCursor.Board(
            game: game.tokenID,
            kind: BoardKind(scope: scope, window: window),
            chat: owner,
            label: label
        )
    }
}

/// Where a page begins.
enum PageStart: Hashable, Sendable {
    case top
    case around(PlayerID)
    case after(SortKey)
    case before(SortKey)

    /// The question whose answer has the page's lines.
    func question(limit: Int) -> BoardQuestion {
        switch self {
        case .top: .top(limit: limit)
        case .around(let player): .around(player, limit: limit)
        case .after(let sortKey): .after(sortKey, limit: limit)
        case .before(let sortKey): .before(sortKey, limit: limit)
        }
    }
}

/// A page that somebody wants, as far as it is known without the database.
struct PageWish: Sendable {
    let view: BoardView
    let window: Window
    /// The time whose window is meant, where it was given.
    let at: Instant?
    let now: Instant
    /// The window's name, where a cursor decides it.
    let label: String?
    let start: PageStart
    let limit: Int

    /// The window that is meant.
    ///
    /// - Parameter zone: The zone in which the windows of the chat, or of the game, begin.
    /// - Throws: ``Refusal/noSuchWindow(_:)``; ``Refusal/unknownParameterValue(_:)`` for a cursor of another window
    ///   than that of the time given.
    func interval(in zone: String) throws(Refusal) -> WindowInterval {
        guard window != .all else { return .always }
        guard let rules = ZoneRules(named: zone) else {
            throw .internal("the time zone '\(zone)' is not known on this machine")
        }
        let calendar = WindowCalendar(zone: rules, seasons: view.game.rules.seasons)
        let meant = at ?? now
        let found =
            if let label { calendar.interval(window, labelled: label) } else {
                calendar.interval(window, containing: meant)
            }
        guard let found else { throw .noSuchWindow(reason) }
        if at != nil, !found.contains(meant) {
            throw .unknownParameterValue("cursor: comes from a page of another window than that of 'at'")
        }
        return found
    }

    private var reason: String {
        switch window {
        case .season where view.game.rules.seasons.isEmpty: "the game has no seasons"
        case .season: "no season had begun at that time"
        case .all, .day, .week, .month: "there is no \(window.rawValue) at that time"
        }
    }
}
