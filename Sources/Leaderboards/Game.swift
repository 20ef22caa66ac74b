/// One game of one bot, with the rules that its operator set.
package struct Game: Hashable, Sendable {
    package let id: GameID
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

    /// Describes a game.
    ///
    /// - Parameters:
    ///   - id: The database's id.
    ///   - bot: The bot that the game belongs to.
    ///   - botUsername: The bot's username without `@`.
    ///   - shortName: The name given to BotFather.
    ///   - title: The name that people see.
    ///   - url: The page that the players open.
    ///   - rules: How scores are ordered, kept, bounded and shown.
    ///   - isEnabled: Whether it can be played.
    ///   - isPublic: Whether its global leaderboard is open to all.
    ///   - showsIdentity: Whether its global leaderboard names Telegram ids.
    package init(
        id: GameID,
        bot: BotID,
        botUsername: String,
        shortName: String,
        title: String,
        url: String,
        rules: GameRules,
        isEnabled: Bool,
        isPublic: Bool,
        showsIdentity: Bool
    ) {
        self.id = id
        self.bot = bot
        self.botUsername = botUsername
        self.shortName = shortName
        self.title = title
        self.url = url
        self.rules = rules
        self.isEnabled = isEnabled
        self.isPublic = isPublic
        self.showsIdentity = showsIdentity
    }

    /// The name by which operators and documents call the game: `BOT_USERNAME/SHORT_NAME`.
    package var name: String { "\(botUsername)/\(shortName)" }
}

/// How the scores of a game are ordered, kept, bounded and shown.
package struct GameRules: Hashable, Sendable {
    /// Which of two scores is the better one.
    package enum Order: String, CaseIterable, Sendable {
        case higher, lower
    }

    /// Which of a player's runs make the entry.
    package enum Keep: String, CaseIterable, Sendable {
        case best, latest, sum
    }

    package var order: Order
    package var keep: Keep
    /// The IANA name of the zone in which days, weeks and months of this game begin.
    package var zone: String
    package var telegramScore: TelegramScore
    package var bounds: ScoreBounds

    /// Sets the rules.
    ///
    /// - Parameters:
    ///   - order: Which score is better.
    ///   - keep: Which runs count.
    ///   - zone: The IANA time zone of the windows.
    ///   - telegramScore: What Telegram's own table shows.
    ///   - bounds: Which scores are refused.
    package init(
        order: Order = .higher,
        keep: Keep = .best,
        zone: String = "UTC",
        telegramScore: TelegramScore = .same,
        bounds: ScoreBounds = ScoreBounds()
    ) {
        self.order = order
        self.keep = keep
        self.zone = zone
        self.telegramScore = telegramScore
        self.bounds = bounds
    }

    /// Why the rules cannot be used together, or nil when they can.
    ///
    /// Telegram orders its table by the higher number, so a game where less is better cannot show its scores there
    /// as they are; and where what it shows is not obvious it must be said.
    package var conflict: String? {
        if order == .lower, telegramScore == .same {
            return
                "telegram-score 'same' would put the worst first in Telegram, whose tables rank the higher "
                + "number first; use 'off' or 'inverted:CEILING'"
        }
        return bounds.conflict
    }

    /// Turns a score into a number of which less is better.
    ///
    /// - Parameter score: The score, or a sum of scores.
    /// - Returns: Its key in the order of this game.
    package func sortKey(for score: Int64) -> Int64 { order == .higher ? -score : score }

    /// Turns a sort key back into the score.
    ///
    /// - Parameter sortKey: What ``sortKey(for:)`` gave.
    /// - Returns: The score.
    package func score(ofSortKey sortKey: Int64) -> Int64 { order == .higher ? -sortKey : sortKey }
}

/// What Telegram's table of a chat shows of our leaderboard.
package enum TelegramScore: Hashable, Sendable, CustomStringConvertible {
    /// The score itself; a sum beyond int32 is shown as its maximum.
    case same
    /// Nothing.
    case off
    /// The ceiling less the score, for games where less is better.
    case inverted(ceiling: Int32)

    /// Reads the spelling of ``description``.
    ///
    /// - Parameter text: `same`, `off` or `inverted:CEILING`; anything else gives nil.
    package init?(_ text: String) {
        switch text {
        case "same": self = .same
        case "off": self = .off
        default:
            guard text.hasPrefix("inverted:"), let ceiling = Int32(text.dropFirst("inverted:".count)),
                ceiling > 0
            else { return nil }
            self = .inverted(ceiling: ceiling)
        }
    }

    package var description: String {
        switch self {
        case .same: "same"
        case .off: "off"
        case .inverted(let ceiling): "inverted:\(ceiling)"
        }
    }

    /// The number Telegram is to hold for a score.
    ///
    /// - Parameter score: The score of the chat's entry.
    /// - Returns: 1…2147483647, or nil for *absent*: Telegram takes a player with 0 off its table.
    package func value(for score: Int64) -> Int32? {
        let shown: Int64
        switch self {
        case .off: return nil
        case .same: shown = score
        case .inverted(let ceiling): shown = Int64(ceiling) - score
        }
        return shown > 0 ? Int32(clamping: shown) : nil
    }
}
