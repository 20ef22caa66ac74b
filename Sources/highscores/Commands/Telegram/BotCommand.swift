import Application
import ArgumentParser
import BotAPI
import Leaderboards
import Operations
import Storage

struct BotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        "bot",
        "Look at bots and have them post games.",
        "highscores bot list",
        "the bots of the database and of TELEGRAM_BOT_TOKEN",
        "highscores bot send-game tetris --chat 'Friday Arcade'",
        "a message with a Play button",
        subcommands: [ListCommand.self, SendGameCommand.self]
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "list",
            "List the bots.",
            "highscores bot list",
            "all bots, with how many games each has",
            "highscores bot list --bot my_bot --fields bot",
            "the id of one"
        )

        @Option(help: "One bot, by username or id.")
        var bot: String?

        @OptionGroup var cut: ListCut
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            let (known, games) = try await context.withAdministration { administration in
                (try await administration.bots(), try await administration.games())
            }
            let tokens = Set(context.settings.botTokens.map { BotID(rawValue: $0.botID) })
            let unknown = tokens.subtracting(known.map(\.id)).map { BotRecord(id: $0, username: nil) }
            let named = (known + unknown).filter { self.bot.map($0.isNamed) ?? true }
            let records = named.sorted { $0.id < $1.id }.map { bot in
                Record([
                    "bot": bot.id, "username": bot.username, "games": games.count { $0.bot == bot.id },
                    "token": tokens.contains(bot.id),
                ])
            }
            try cut.print(
                records,
                columns: ["bot", "username", "games", "token"],
                orNone: bot == nil
                    ? "no bot is known; put a token into TELEGRAM_BOT_TOKEN" : "there is no such bot",
                output
            )
        }
    }

    struct SendGameCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "send-game",
            "Post a game's message with its Play button.",
            "highscores bot send-game my_bot/tetris --chat -1001234567890",
            "in a group that the bot is in, known here or not",
            "highscores bot send-game tetris --chat 5000000001 --dry-run",
            "nothing is sent"
        )

        @OptionGroup var game: GameArgument

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                "The chat: chat id, chat_instance or title; a chat that is not known here, by its id.",
                valueName: "chat"
            )
        )
        var chat: NamedChat

        @Option(help: "The topic, in a group that has topics.")
        var topic: Int64?

        @Flag(help: "Show what would be sent, and send nothing.")
        var dryRun = false

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let context = try CommandContext()
            _ = try context.settings.requireBotTokens()
            let (game, chat) = try await context.withAdministration { administration in
                let game = try await self.game.find(administration)
                let chat = try await address(in: administration, of: game)
                if !dryRun { try await administration.countMessage(to: chat, bot: game.bot) }
                return (game, chat)
            }
            let sent = try await context.withClients { clients -> SentMessage? in
                let client = try clients.client(of: game)
                guard !dryRun else { return nil }
                do throws(BotCallError) {
                    return try await client.call(
                        SendGame(chatID: chat.rawValue, gameShortName: game.shortName, topicID: topic)
                    )
                } catch {
                    guard let remedy = error.answer.remedy(forGame: game.shortName) else { throw error }
                    throw CommandFailure(.notFound, "\(text(of: error)). \(remedy)")
                }
            }
            if sent != nil {
                try await context.withAdministration { try await $0.noteSent(to: chat, bot: game.bot) }
            }
            try output.print([
                "game": game.name, "chat": String(sent?.chatID ?? chat.rawValue),
                "message_id": sent.map { String($0.messageID) },
            ])
            if dryRun { remark("dry run: nothing was sent") }
        }

        /// Telegram's id of the chat.
        ///
        /// What reads as such an id is one, as long as no chat has it for its `chat_instance`: of a chat in which the bot never
        /// was, nothing is known here.
        private func address(in administration: Administration, of game: Game) async throws -> TelegramChatID
        {
            let number = Int64(chat.text).map(TelegramChatID.init(rawValue:))
            let found: ChatRecord
            do throws(OperationError) {
                found = try await chat.find(administration, of: game.bot.description)
            } catch {
                guard case .notFound = error, let number else { throw error }
                return number
            }
            if let number, found.addresses.contains(number) { return number }
            guard let address = found.addresses.first else {
                throw CommandFailure(
                    .notFound,
                    "no chat id is known of chat \(found.words), so nothing can be sent there; give its id"
                )
            }
            return address
        }
    }
}
