package import Leaderboards

/// A press of a game's button, as Telegram tells of it.
package struct Press: Sendable {
    package let bot: BotID
    /// The game's short name, or nil for a button that is no game's.
    package let gameShortName: String?
    package let player: PlayerProfile
    /// As received; not everything Telegram sends there names a chat.
    package let chatInstance: String?
    package let target: Target
    /// The chat, where the press shows it (never for inline messages).
    package let chat: ChatSighting?

    package init(
        bot: BotID,
        gameShortName: String?,
        player: PlayerProfile,
        chatInstance: String?,
        target: Target,
        chat: ChatSighting?
    ) {
        self.bot = bot
        self.gameShortName = gameShortName
        self.player = player
        self.chatInstance = chatInstance
        self.target = target
        self.chat = chat
    }
}

/// What an update shows of a chat.
package struct ChatSighting: Hashable, Sendable {
    package let id: TelegramChatID
    /// The group's title; nil for private chats.
    package let title: String?

    /// - Parameter title: Its title, if any; control characters are taken out.
    package init(id: TelegramChatID, title: String?) {
        self.id = id
        self.title = title.map(PlayerName.storable).flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// The answer to a press.
package enum Opening: Hashable, Sendable {
    /// The player's client is to open this address, which holds a launch token.
    case url(String)
    /// The player is to be told something short.
    case notice(Notice)

    /// Why a press opens nothing.
    package enum Notice: Hashable, Sendable {
        /// The games were not loaded yet.
        case starting
        case unknownGame
        case gameDisabled
        case playerBanned
        /// Telegram gave no chat, so there is no leaderboard to play for.
        case noChat
    }
}
