package import Leaderboards
import Postgres
import Storage

/// What somebody in a chat asks of its leaderboard.
package struct ChatBoardRequest: Hashable, Sendable {
    /// The entries that are shown.
    private static let limit = 10

    package let bot: BotID
    package let chat: TelegramChatID
    /// Who asks; nil where Telegram does not say.
    package let player: PlayerID?
    package let window: WindowKind
    /// Nil is the board that Telegram's own table shows.
    package let board: String?

    package init(
        bot: BotID,
        chat: TelegramChatID,
        player: PlayerID?,
        window: WindowKind = .all,
        board: String? = nil
    ) {
        (self.bot, self.chat, self.player) = (bot, chat, player)
        (self.window, self.board) = (window, board)
    }

    fileprivate func leaderboard(of game: Game, in instance: ChatInstance) -> LeaderboardRequest {
        LeaderboardRequest(
            viewer: .member(game, chat: instance, player),
            board: board ?? game.rules.telegramBoard,
            scope: .chat,
            window: window,
            limit: Self.limit
        )
    }
}

extension Highscores {
    /// The top of a chat's leaderboard of the game that was pressed last there.
    ///
    /// - Returns: Nil where none of the bot's games was ever pressed.
    /// - Throws: ``Refusal/boardUnknown(_:)``, ``Refusal/noSuchWindow(_:)`` and what reading meets.
    package func board(_ request: ChatBoardRequest) async throws(Refusal) -> LeaderboardPage? {
        let games = registry.enabledGames(of: request.bot)
        let (bot, chat, ids) = (request.bot, request.chat, games.map(\.id))
        let pressed = try await refusing { () throws(PostgresError) in
            try await pool.withSession { session throws(PostgresError) in
                try session.run(.lastPressGet(at: chat, bot: bot, among: ids))
            }
        }
        guard let pressed, let game = games.first(where: { $0.id == pressed.game }) else { return nil }
        let leaderboard = request.leaderboard(of: game, in: pressed.chat)
        return try await self.leaderboard(leaderboard)
    }
}
