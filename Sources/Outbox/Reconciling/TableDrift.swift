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
    case undesired = "not_wanted"
    /// Telegram holds a score of somebody of whom nothing is known in the chat.
    case unexpectedPlayer = "unexpected_player"

    /// Whether an ordinary delivery cannot put it right; where the table follows the latest run, all calls are forced.
    package func needsForce(followsLatest: Bool) -> Bool {
        switch self {
        case .missing, .telegramLower: false
        case .telegramHigher, .undesired: !followsLatest
        case .unexpectedPlayer: true
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

    /// Compares what was to stand there before the table was read and after it, nil where nothing is known of the player,
    /// with what Telegram holds, nil or 0 where the player is absent.
    package init(before: ExpectedScore?, after: ExpectedScore?, held: Int32?) {
        let held = held.flatMap { $0 > 0 ? $0 : nil }
        guard before == after else {
            self = before?.desired == held && after?.desired == held ? .same : .onItsWay
            return
        }
        if let before, before.progress != .settled {
            self = before.desired == held ? .same : before.progress == .givenUp ? .givenUp : .onItsWay
            return
        }
        switch (before.map(\.desired), held) {
        case (nil, nil), (.some(nil), nil): self = .same
        case (nil, _?): self = .drift(.unexpectedPlayer)
        case (.some(nil), _?): self = .drift(.undesired)
        case (let desired??, nil): self = desired > 0 ? .drift(.missing) : .same
        case (let desired??, let held?):
            self =
                desired == held
                ? .same : .drift(held < desired ? .telegramLower : .telegramHigher)
        }
    }
}
