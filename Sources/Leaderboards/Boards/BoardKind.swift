/// Whose entries a leaderboard compares.
package enum Scope: String, CaseIterable, Sendable {
    case chat, global

    // By itself, since the spelling would be hashed otherwise, and leaderboards are looked up by it all the time.
    package func hash(into hasher: inout Hasher) { hasher.combine(self == .chat) }
}

/// Over what time a leaderboard goes.
package enum WindowKind: String, CaseIterable, Sendable, LosslessStringConvertible {
    case all, day, week, month, season

    package init?(_ description: String) { self.init(rawValue: description) }

    package var description: String { rawValue }

    /// The position among all kinds, from 0.
    package var ordinal: Int {
        switch self {
        case .all: 0
        case .day: 1
        case .week: 2
        case .month: 3
        case .season: 4
        }
    }

    // By itself, since the spelling would be hashed otherwise, and leaderboards are looked up by it all the time.
    package func hash(into hasher: inout Hasher) { hasher.combine(ordinal) }
}

/// A kind of leaderboard that every game has, named `scope/window` on the wire.
package struct BoardKind: Hashable, Sendable, CustomStringConvertible {
    package let scope: Scope
    package let window: WindowKind

    package init(scope: Scope, window: WindowKind) {
        self.scope = scope
        self.window = window
    }

    /// Reads the spelling of ``description``, for example `chat/week`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let scope = Scope(rawValue: String(parts[0])),
            let window = WindowKind(rawValue: String(parts[1]))
        else { return nil }
        self.init(scope: scope, window: window)
    }

    package var description: String { "\(scope.rawValue)/\(window.rawValue)" }

    /// The leaderboard of the chat over all time, which Telegram's own table follows.
    package static let chatAll = BoardKind(scope: .chat, window: .all)
    /// The leaderboard of the whole game over all time.
    package static let globalAll = BoardKind(scope: .global, window: .all)
}

/// One of the leaderboards that a submission's answer is to report on, named `scope/window` or `board:scope/window`.
package struct AskedBoard: Hashable, Sendable, CustomStringConvertible {
    /// Nil is the first board that the run feeds.
    package let board: String?
    package let kind: BoardKind

    package init(board: String? = nil, _ kind: BoardKind) {
        self.board = board
        self.kind = kind
    }

    /// Reads the spelling of ``description``.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let last = parts.last, let kind = BoardKind(last), parts.count == 1 || !parts[0].isEmpty else {
            return nil
        }
        self.init(board: parts.count == 1 ? nil : String(parts[0]), kind)
    }

    package var description: String { (board.map { "\($0):" } ?? "") + kind.description }
}
