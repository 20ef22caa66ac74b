package import Leaderboards

/// What is told of a game to those who show its leaderboards.
package struct GameDescription: Sendable {
    /// The game itself, then the boards that are declared for it, by name.
    package let boards: [Game]
    /// Whose leaderboards there are for the reader: without a chat the whole game's alone.
    package let scopes: [Scope]

    package init(boards: [Game], scopes: [Scope]) {
        (self.boards, self.scopes) = (boards, scopes)
    }
}

extension Highscores {
    /// Describes a game, without the database.
    ///
    /// - Throws: What reading its leaderboards is refused with.
    package func describe(_ viewer: LeaderboardRequest.Viewer) throws(Refusal) -> GameDescription {
        let view = try view(of: LeaderboardRequest(viewer: viewer))
        let hasChats = if case .server = viewer { true } else { view.chat != nil }
        return GameDescription(
            boards: [view.game] + registry.boards(of: view.game.root),
            scopes: hasChats ? [.chat, .global] : [.global]
        )
    }
}
