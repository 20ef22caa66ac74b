/// A message that a command in a chat brings.
package enum OwnMessage: CaseIterable, Sendable {
    /// A game with its button.
    case game
    /// A leaderboard.
    case board

    /// How long after one the next of its kind may come to the same chat.
    package var spacing: Duration {
        switch self {
        case .game: .seconds(10)
        case .board: .seconds(5)
        }
    }
}
