package import Storage

/// How Telegram's table of a game in a chat differs from what it is to hold for one player.
package enum TableDrift: String, Hashable, Sendable, CaseIterable {
    /// Telegram has no score of the player.
    case missing
    /// Telegram holds a lower score.
    case telegramLower = "telegram_lower"
    /// Telegram holds a higher score, which an ordinary call cannot lower.
    case telegramHigher = "telegram_higher"
    /// Telegram holds a score of a player who is to have none.
    case notWanted = "not_wanted"
    /// Telegram holds a score of somebody of whom nothing is known in the chat.
    case unexpectedPlayer = "unexpected_player"

    /// What puts a difference right.
    package enum Repair: Hashable, Sendable {
        /// The delivery goes on as if it had not been made.
        case deliver
        /// The very value is set by force; 0 where the player is to have none.
        case force
    }

    /// What puts the difference right.
    ///
    /// - Parameter followsLatest: Whether the game's table follows the latest run, so that all of its calls are forced.
    package func repair(followsLatest: Bool) -> Repair {
        switch self {
        case .missing, .telegramLower: .deliver
        case .telegramHigher, .notWanted: followsLatest ? .deliver : .force
        case .unexpectedPlayer: .force
        }
    }
}

/// The comparison of one player's score with Telegram's table.
package enum TableVerdict: Hashable, Sendable {
    /// Telegram holds what it is to hold.
    case same
    /// The two differ, and the delivery is under way, or something changed while the table was read.
    case onItsWay
    /// The two differ, since the delivery was given up.
    case givenUp
    case drift(TableDrift)

    /// Compares.
    ///
    /// - Parameters:
    ///   - before: What was to stand there before the table was read; nil where nothing is known of the player.
    ///   - after: The same, read after the table.
    ///   - held: What Telegram holds; nil or 0 is absent.
    package init(before: ExpectedScore?, after: ExpectedScore?, held: Int32?) {
        let held = held.flatMap { $0 > 0 ? $0 : nil }
        guard before == after else {
            self = before?.wanted == held && after?.wanted == held ? .same : .onItsWay
            return
        }
        if let before, before.progress != .settled {
            self = before.wanted == held ? .same : before.progress == .givenUp ? .givenUp : .onItsWay
            return
        }
        switch (before.map(\.wanted), held) {
        case (nil, nil), (.some(nil), nil): self = .same
        case (nil, _?): self = .drift(.unexpectedPlayer)
        case (.some(nil), _?): self = .drift(.notWanted)
        case (let wanted??, nil): self = wanted > 0 ? .drift(.missing) : .same
        case (let wanted??, let held?):
            self =
                wanted == held
                ? .same : .drift(held < wanted ? .telegramLower : .telegramHigher)
        }
    }
}
