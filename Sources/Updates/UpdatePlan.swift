import BotAPI
import Leaderboards
import Scoring

/// What an update asks for, decided from nothing but the update and the bot's username.
enum UpdatePlan: Sendable, Hashable {
    /// A press to be answered.
    case answer(CallbackQuery)
    /// A command that is answered with a game.
    case invite(IncomingMessage, payload: String?)
    /// A command that is answered with the chat's leaderboard.
    case show(IncomingMessage, words: [String])
    /// A command that has winners announced in the chat.
    case announce(IncomingMessage, word: String?)
    /// A query to be answered with games.
    case offer(InlineQuery)
    /// A mention to be answered with a game.
    case answerGuest(GuestMessage)
    /// Facts about chats.
    case record([ChatFact])
    /// Nothing; a chosen inline result too, since the first press brings the message's id anyway.
    case ignore

    /// How many words after a command are read, as of `/top [window] [board]`.
    private static let longestRequest = 2

    /// Decides.
    ///
    /// - Parameters:
    ///   - bot: The bot that is told.
    ///   - botUsername: The bot's own username, asked for when a command is addressed to somebody; without it a command
    ///     addressed to any bot is left alone.
    init(_ event: Update.Event, bot: BotID, botUsername: @autoclosure () -> String?) {
        switch event {
        case .callbackQuery(let query): self = .answer(query)
        case .inlineQuery(let query): self = .offer(query)
        // Two bots that mention one another would never end.
        case .guestMessage(let mention): self = mention.isOfBot ? .ignore : .answerGuest(mention)
        case .message(let message): self.init(message, bot: bot, botUsername: botUsername())
        case .myChatMember(let change):
            self =
                change.canWrite.map { .record([.writable(ChatSighting(change.chat), $0)]) } ?? .ignore
        case .chosenInlineResult, .other: self = .ignore
        }
    }

    private init(_ message: IncomingMessage, bot: BotID, botUsername: @autoclosure () -> String?) {
        let chat = TelegramChatID(rawValue: message.chat.id)
        var facts: [ChatFact] = []
        if let target = message.migrateToChatID, target != message.chat.id, target != 0 {
            facts.append(.migrated(from: chat, to: TelegramChatID(rawValue: target)))
        }
        if let source = message.migrateFromChatID, source != message.chat.id, source != 0 {
            facts.append(.migrated(from: TelegramChatID(rawValue: source), to: chat))
        }
        if message.hasGame, message.viaBotID == bot.rawValue {
            facts.append(.sharesGames(ChatSighting(message.chat)))
        }
        if !facts.isEmpty {
            self = .record(facts)
            return
        }
        // Games cannot be sent to channels; another bot's words are nothing that a person asked for.
        guard let command = message.command, ["start", "play", "top", "announce"].contains(command.name),
            message.chat.kind != .channel, !message.isOfBot,
            command.botUsername.map({ bot.isCalled($0, username: botUsername()) }) ?? true
        else {
            self = .ignore
            return
        }
        let words =
            command.payload?.split(whereSeparator: \.isWhitespace).prefix(Self.longestRequest)
            .map { $0.lowercased() } ?? []
        self =
            switch command.name {
            case "top": .show(message, words: words)
            case "announce": .announce(message, word: words.first)
            default: .invite(message, payload: command.payload)
            }
    }

    /// What the plan counts as.
    var kind: UpdateEvent.Kind {
        switch self {
        case .answer: .press
        case .invite, .show, .announce: .command
        case .offer: .inlineQuery
        case .answerGuest: .guestQuery
        case .record: .chatFact
        case .ignore: .ignored
        }
    }
}

extension ChatSighting {
    /// What an update shows of a chat.
    init(_ chat: Chat) {
        self.init(id: TelegramChatID(rawValue: chat.id), title: chat.title)
    }
}
