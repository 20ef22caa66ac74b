/// One press of the game button, as its token carries it.
package struct Launch: Hashable, Sendable {
    package let id: LaunchID
    package let bot: BotID
    package let game: GameID
    package let player: PlayerID
    /// Nil where there is no chat, as for a Mini App opened without one.
    package let chatInstance: ChatInstance?
    package let target: Target
    /// Whether a key of the game told of the press: what it says of chat and message is believed within the game only.
    package let isReported: Bool
    /// When the button was pressed.
    package let launchedAt: Instant
    package let expiresAt: Instant

    /// Describes a press; a lifetime has whole seconds.
    package init(
        id: LaunchID,
        bot: BotID,
        game: GameID,
        player: PlayerID,
        chatInstance: ChatInstance?,
        target: Target,
        isReported: Bool = false,
        launchedAt: Instant,
        lifetime: Duration
    ) {
        self.id = id
        self.bot = bot
        self.game = game
        self.player = player
        self.chatInstance = chatInstance
        self.target = target
        self.isReported = isReported
        self.launchedAt = launchedAt
        expiresAt = launchedAt + .seconds(lifetime.components.seconds)
    }
}
