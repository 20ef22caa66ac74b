/// One game of one bot, with the rules that its operator set.
package struct Game: Hashable, Sendable {
    package let id: GameID
    /// By what tokens name it.
    package let tokenID: GameTokenID
    package let bot: BotID
    package let botUsername: String
    package let shortName: String
    package let title: String
    /// The page that the players open.
    package let url: String
    package let rules: GameRules
    package let isEnabled: Bool
    /// Whether anybody may read the global leaderboard without a token.
    package let isPublic: Bool
    /// Whether global leaderboards show Telegram ids and usernames instead of pseudonyms.
    package let showsIdentity: Bool
    /// Whether the leaderboards must be made anew from the log before they are right.
    package let isStale: Bool
    /// From when on the log has every run, by the run's start; nil while nothing was ever dropped.
    package let logWholeFrom: Instant?

    /// Describes a game.
    ///
    /// - Parameters:
    ///   - tokenID: By what tokens name it.
    ///   - bot: The bot that the game belongs to.
    ///   - botUsername: The bot's username without `@`.
    ///   - shortName: The name given to BotFather.
    ///   - title: The name that people see.
    ///   - url: The page that the players open.
    ///   - rules: How scores are ordered, kept, bounded and shown.
    ///   - isEnabled: Whether it can be played.
    ///   - isPublic: Whether its global leaderboard is open to all.
    ///   - showsIdentity: Whether its global leaderboard names Telegram ids.
    ///   - isStale: Whether the leaderboards must be made anew.
    ///   - logWholeFrom: From when on the log has every run.
    package init(
        id: GameID,
        tokenID: GameTokenID,
        bot: BotID,
        botUsername: String,
        shortName: String,
        title: String,
        url: String,
        rules: GameRules,
        isEnabled: Bool,
        isPublic: Bool,
        showsIdentity: Bool,
        isStale: Bool = false,
        logWholeFrom: Instant? = nil
    ) {
        self.id = id
        self.tokenID = tokenID
        self.bot = bot
        self.botUsername = botUsername
        self.shortName = shortName
        self.title = title
        self.url = url
        self.rules = rules
        self.isEnabled = isEnabled
        self.isPublic = isPublic
        self.showsIdentity = showsIdentity
        self.isStale = isStale
        self.logWholeFrom = logWholeFrom
    }

    /// The name by which operators and documents call the game: `BOT_USERNAME/SHORT_NAME`.
    package var name: String { "\(botUsername)/\(shortName)" }
}
