package import Leaderboards
package import Tokens

/// What a stream shows: all streams of one topic get the same documents.
package struct BoardTopic: Hashable, Sendable {
    /// The game, and once it is found the board, which is kept as a game of its own.
    package internal(set) var game: GameID
    /// The board of the game.
    package let board: String
    /// The chat, in the scope of one; nil where the launch had none, and in the global scope.
    package let chat: ChatInstance?
    package let scope: Scope
    /// Over what time; always the window that is current.
    package let window: WindowKind
    /// How many entries from the top, in ``LeaderboardRequest/limits``.
    package let limit: Int

    package init(
        _ access: BoardAccess,
        board: String = Game.mainBoard,
        scope: Scope = .chat,
        window: WindowKind = .all,
        limit: Int = 10
    ) {
        game = access.game
        self.board = board
        chat = scope == .chat ? access.chatInstance : nil
        self.scope = scope
        self.window = window
        self.limit = limit
    }

    /// The question whose answer is the topic's document.
    var request: LeaderboardRequest {
        LeaderboardRequest(
            viewer: .members(game, chat: chat),
            board: board,
            scope: scope,
            window: window,
            limit: limit
        )
    }
}
