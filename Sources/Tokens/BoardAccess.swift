package import Leaderboards

/// The right to watch the leaderboards of one game in one chat.
package struct BoardAccess: Hashable, Sendable {
    package let bot: BotID
    package let game: GameID
    /// Who watches.
    package let player: PlayerID
    package let chatInstance: ChatInstance?
    package let expiresAt: Instant

    package init(
        bot: BotID,
        game: GameID,
        player: PlayerID,
        chatInstance: ChatInstance?,
        expiresAt: Instant
    ) {
        self.bot = bot
        self.game = game
        self.player = player
        self.chatInstance = chatInstance
        self.expiresAt = expiresAt
    }
}
