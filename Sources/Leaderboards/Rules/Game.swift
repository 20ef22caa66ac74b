/// One board of a game of a bot, with the rules that its operator set: the game itself is its board ``mainBoard``, and
/// each that was declared beside it is kept as a game of its own.
package struct Game: Hashable, Sendable {
    /// The board that every game has.
    package static let mainBoard = "main"

    package let id: GameID
    /// The game that the board is of: itself, or the one it was declared for.
    package let root: GameID
    package let board: String
    /// By what tokens name the game.
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
    /// Whether the board was taken away, so that nobody plays or sees it.
    package let isRemoved: Bool
    /// What seeds of the board are made from; nil where it has none.
    package let seedKey: [UInt8]?
    /// From when on the log has every run, by the run's start; nil while nothing was ever dropped.
    package let logWholeFrom: Instant?

    package init(
        id: GameID,
        root: GameID? = nil,
        board: String = Game.mainBoard,
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
        isRemoved: Bool = false,
        seedKey: [UInt8]? = nil,
        logWholeFrom: Instant? = nil
    ) {
        self.id = id
        self.root = root ?? id
        self.board = board
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
        self.isRemoved = isRemoved
        self.seedKey = seedKey
        self.logWholeFrom = logWholeFrom
    }

    /// Whether a text can be the name of a board: 1 to 32 of `a`–`z`, `0`–`9`, `_` and `-`, beginning with a letter.
    package static func isBoardName(_ text: String) -> Bool {
        let bytes = text.utf8
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return (1...32).contains(bytes.count) && bytes.first.map(letters.contains) == true
            && bytes.allSatisfy {
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: "-")
            }
    }

    /// Whether it is the game itself, and not a board that was declared for it.
    package var isMain: Bool { root == id }

    /// What Telegram's tables show of the board: of the one that the game names what its settings say, of others nothing.
    package var telegramScore: TelegramScore {
        board == rules.telegramBoard ? rules.telegramScore : .off
    }

    /// The name by which documents call the game: `BOT_USERNAME/SHORT_NAME`.
    package var gameName: String { "\(botUsername)/\(shortName)" }

    /// The name by which operators call the game, and with `:BOARD` a board of it.
    package var name: String { isMain ? gameName : "\(gameName):\(board)" }
}
