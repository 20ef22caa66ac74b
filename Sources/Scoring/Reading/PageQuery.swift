import Leaderboards
import Storage
import Tokens

/// A page that somebody asks for, after tokens, names and cursors were resolved: what is known without the database.
struct PageQuery: Sendable {
    /// The leaderboard's owner and who looks at it.
    struct View: Sendable {
        let game: Game
        /// The chat whose leaderboard it is; nil for the whole game, and where the launch had no chat.
        let chat: ChatInstance?
        let scope: Scope
        /// Whose place is "me"; nil for those who do not play.
        let viewer: PlayerID?
        /// Whether the viewer may see Telegram's ids everywhere.
        let isOperator: Bool

        init(
            _ game: Game,
            _ chat: ChatInstance?,
            _ scope: Scope,
            viewer: PlayerID? = nil,
            isOperator: Bool = false
        ) {
            self.game = game
            self.chat = scope == .chat ? chat : nil
            self.scope = scope
            self.viewer = viewer
            self.isOperator = isOperator
        }

        /// Whether the leaderboard shows Telegram's ids and usernames.
        var showsIdentity: Bool { scope == .chat || game.showsIdentity || isOperator }

        /// What a cursor of the leaderboard is bound to.
        func cursorBoard(_ window: WindowKind, label: String) -> PageCursor.Board {
            PageCursor.Board(
                game: game.tokenID,
                name: game.board,
                kind: BoardKind(scope: scope, window: window),
                chat: chat,
                label: label
            )
        }
    }

    let view: View
    let window: WindowKind
    /// The time whose window is meant, where it was given.
    let at: Instant?
    let now: Instant
    /// The window's name, where a cursor decides it.
    let label: String?
    let question: BoardQuestion

    /// - Parameter keys: The keys of cursors and pseudonyms.
    /// - Throws: ``Refusal/unknownParameterValue(_:)`` for a player or a cursor that is none of this leaderboard.
    init(_ request: LeaderboardRequest, _ view: View, now: Instant, keys: TokenKeys) throws(Refusal) {
        self.view = view
        window = request.window
        at = request.at
        self.now = now
        let limit = request.limit
        switch request.start {
        case .top:
            question = .top(limit: limit)
            label = nil
        case .aroundMe:
            question = view.viewer.map { .around($0, limit: limit) } ?? .top(limit: limit)
            label = nil
        case .around(let text):
            let number = Int64(text).flatMap { $0 > 0 ? PlayerID(rawValue: $0) : nil }
            guard
                let player = view.showsIdentity
                    ? number : keys.player(ofPseudonym: text, in: view.game.tokenID)
            else {
                throw .unknownParameterValue("around: takes 'me' or a player id as this leaderboard shows it")
            }
            question = .around(player, limit: limit)
            label = nil
        case .cursor(let text):
            // The window is that of the page before: the walk over a day's leaderboard goes on after midnight.
            guard let cursor = try? keys.cursor(text, in: view.game.tokenID),
                cursor.board == view.cursorBoard(request.window, label: cursor.board.label)
            else {
                throw .unknownParameterValue(
                    "cursor: takes 'next' or 'previous' of a page of the same leaderboard"
                )
            }
            question =
                cursor.isBackward
                ? .before(cursor.sortKey, limit: limit) : .after(cursor.sortKey, limit: limit)
            label = cursor.board.label
        }
    }

    /// What asks for the viewer's place: who wants a page around themselves is told their place with it.
    var placeQuestion: BoardQuestion? {
        view.viewer.map { viewer in
            if case .around(viewer, _) = question { question } else { .place(of: viewer) }
        }
    }

    /// The leaderboard that is meant.
    ///
    /// - Parameter zone: As of ``interval(in:)``, which throws what this does.
    func address(in zone: String) throws(Refusal) -> BoardAddress {
        let label = if let label { label } else { try interval(in: zone).label }
        return BoardAddress(
            game: view.game.id,
            // No chat has the number 0, and so nobody is on its leaderboard.
            chat: view.scope == .chat ? view.chat ?? ChatInstance(rawValue: 0) : nil,
            window: window,
            label: label
        )
    }

    /// The window that is meant.
    ///
    /// - Parameter zone: The zone in which the windows of the chat, or of the game, begin.
    /// - Throws: ``Refusal/noSuchWindow(_:)``; ``Refusal/unknownParameterValue(_:)`` for a cursor of another window
    ///   than that of the time given.
    func interval(in zone: String) throws(Refusal) -> WindowInterval {
        guard window != .all else { return .always }
        let rules = view.game.rules
        let calendar = try view.game.calendar(zone: rules.hasOneZone ? rules.zone : zone)
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

extension Game {
    /// The windows of the game as they are cut in a zone.
    func calendar(zone: String) throws(Refusal) -> WindowCalendar {
        guard let rules = ZoneRules(named: zone) else {
            throw .internal("the time zone '\(zone)' is not known on this machine")
        }
        return WindowCalendar(zone: rules, seasons: self.rules.seasons)
    }
}
